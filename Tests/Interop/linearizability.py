"""Decides whether what clients saw of an object can be explained by requests that took effect one after the other.

`check(history)` gives None, or a text that says why there is no such order. The search is that of Wing and Gong, remembering what was
tried as Lowe proposes (G. Lowe, "Testing for linearizability", 2017): take any request that nobody finished before, see whether its answer
is true now, go on from there. Histories are per name, since names do not know of each other; so they stay short.

What is particular here:
- A request that was never answered may have taken effect at any time from its call up to `returned`, or never.
- Where several servers share a store a read may be of a moment ago (`is_late`): it comes after everything that its own server has
  answered, and before everything that was asked later; what other servers acknowledged meanwhile it need not show.
- The same register describes a number of a pool: whoever is given it creates it, whoever gives it back deletes it.

Only answers that a client really got may be recorded: everything else is guessing, and would hide mistakes.
"""

import dataclasses
import math

OK, MISSING, CONFLICT, STALE, UNKNOWN = "ok", "missing", "conflict", "stale", "unknown"
# More than this was never needed; a history that needs more is not decided, which is a failure, too.
GREATEST_SEARCH = 2_000_000


@dataclasses.dataclass(frozen=True)
class Operation:
    """A request, and what came of it.

    `kind`: create, read, find, update, delete, link, unlink. `outcome`: ok; missing (404); conflict (409); stale (412); unknown.
    `uuid`: of the object that is meant; for `find` the one that was found. `value`: what is written, or was read. `expected`: the value
    that an update is conditional on. `holder`: who is linked. `holders`: the links that a read showed, None when it did not ask.
    `call`, `returned`: nanoseconds; `returned` of an unknown one is when it can no longer take effect.
    """

    kind: str
    outcome: str
    call: float
    returned: float = math.inf
    uuid: str | None = None
    value: object = None
    expected: object = None
    holder: str | None = None
    holders: frozenset | None = None
    client: str = ""
    server: str = ""
    is_late: bool = False

    def __str__(self):
        details = [f"{name} {getattr(self, name)!r}" for name in ("value", "expected", "holder") if getattr(self, name) is not None]
        if self.holders is not None:
            details.append(f"linked by {sorted(self.holders)}")
        place = f" on {self.server}" if self.server else ""
        return f"{self.client}{place}: {' '.join([self.kind, self.uuid or 'nothing', ', '.join(details)]).strip()} -> {self.outcome}"


@dataclasses.dataclass(frozen=True)
class Object:
    """What a name stands for."""

    uuid: str
    value: object
    holders: frozenset = frozenset()

    def __str__(self):
        return f"{self.uuid} with value {self.value!r}" + (f", linked by {sorted(self.holders)}" if self.holders else "")


def apply(state, operation):
    """The state afterwards, an Object or None; or a text that says why the answer cannot be true of this state.

    An unknown outcome is whichever the state allows; one that changes nothing is as good as none.
    """
    kind, outcome = operation.kind, operation.outcome
    mine = state is not None and state.uuid == operation.uuid
    if kind == "find":
        found = state.uuid if state else None
        return state if found == operation.uuid else f"it found {operation.uuid or 'nothing'}, and there is {state or 'nothing'}"
    if kind == "create":
        answer, after = (CONFLICT, state) if state else (OK, Object(operation.uuid, operation.value))
    elif not mine:
        answer, after = MISSING, state
    elif kind == "read":
        if outcome == OK and operation.value != state.value:
            return f"it read {operation.value!r}, and there is {state}"
        if outcome == OK and operation.holders is not None and operation.holders != state.holders:
            return f"it read links by {sorted(operation.holders)}, and there is {state}"
        answer, after = OK, state
    elif kind == "update":
        is_stale = operation.expected is not None and operation.expected != state.value
        answer, after = (STALE, state) if is_stale else (OK, dataclasses.replace(state, value=operation.value))
    elif kind == "delete":
        answer, after = (CONFLICT, state) if state.holders else (OK, None)
    elif kind == "link":
        answer, after = OK, dataclasses.replace(state, holders=state.holders | {operation.holder})
    elif kind == "unlink":
        answer, after = OK, dataclasses.replace(state, holders=state.holders - {operation.holder})
    else:
        raise ValueError(f"unknown kind {kind}")
    if outcome not in (UNKNOWN, answer):
        return f"it was answered with '{outcome}', which must be '{answer}' when there is {state or 'nothing'}"
    return after


def _precedes(one, other):
    """Whether `one` must come before `other`, if it comes at all."""
    if one.returned >= other.call:
        return False
    return not other.is_late or one.server == other.server


def check(history, initial=None):
    """None when the history of one name can be explained; otherwise why not, for people."""
    operations = sorted((each for each in history), key=lambda each: (each.call, each.returned))
    count = len(operations)
    answered = sum(1 << index for index, each in enumerate(operations) if each.outcome != UNKNOWN)
    before, after = [0] * count, [0] * count
    for index, each in enumerate(operations):
        for earlier, other in enumerate(operations):
            if index != earlier and _precedes(other, each):
                before[index] |= 1 << earlier
                after[earlier] |= 1 << index
    # Answered ones first: that unanswered ones took effect is assumed only where nothing else explains what was seen.
    order = [i for i in range(count) if answered >> i & 1] + [i for i in range(count) if not answered >> i & 1]

    def candidates(done):
        return [i for i in order if not done >> i & 1 and not before[i] & answered & ~done and not after[i] & done]

    best = (0, initial, ())
    seen = {(0, initial)}
    stack = [(0, initial, (), iter(candidates(0)))]
    while stack:
        done, state, path, choices = stack[-1]
        if done & answered == answered:
            return None
        for index in choices:
            following = apply(state, operations[index])
            if isinstance(following, str) or (following == state and operations[index].outcome == UNKNOWN):
                continue
            step = (done | 1 << index, following)
            if step in seen:
                continue
            if len(seen) >= GREATEST_SEARCH:
                return f"not decided after {GREATEST_SEARCH} states: make histories shorter"
            seen.add(step)
            stack.append((*step, path + (index,), iter(candidates(step[0]))))
            if (step[0] & answered).bit_count() > (best[0] & answered).bit_count():
                best = (*step, path + (index,))
            break
        else:
            stack.pop()
    return _account(operations, best, candidates(best[0]))


def _account(operations, best, stuck):
    done, state, path = best
    start = operations[0].call
    line = lambda index: f"  [{_seconds(operations[index].call - start)}..{_seconds(operations[index].returned - start)}] {operations[index]}"
    text = ["no order of these requests explains their answers. The longest that does:"]
    text += [line(index) for index in path] or ["  none"]
    text += [f"then there is {state or 'nothing'}, and none of these can come next:"]
    for index in stuck:
        reason = apply(state, operations[index])
        text.append(f"{line(index)}: {reason if isinstance(reason, str) else 'it may not have happened'}")
    rest = [index for index in range(len(operations)) if not done >> index & 1 and index not in stuck]
    if rest:
        text += ["still to come:"] + [line(index) for index in rest[:20]] + ([f"  and {len(rest) - 20} more"] if len(rest) > 20 else [])
    return "\n".join(text)


def _seconds(nanoseconds):
    return "never" if nanoseconds == math.inf else f"{nanoseconds / 1e9:.6f}"


def check_all(histories):
    """Raises AssertionError with the account of the first name whose history cannot be explained."""
    for key, history in histories.items():
        account = check(history)
        assert account is None, f"{key}: {account}"
