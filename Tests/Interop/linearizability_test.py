"""The checker itself: histories that are right pass, histories that are wrong are refused, and it is said why."""

import itertools
import math
import random
import unittest

import linearizability
from linearizability import CONFLICT, MISSING, OK, STALE, UNKNOWN, Operation, check


def op(kind, outcome, call, returned=math.inf, uuid="A", **more):
    return Operation(kind, outcome, call, returned, uuid, client=f"c{call}", **more)


class Right(unittest.TestCase):
    def accept(self, *history):
        self.assertIsNone(check(history))

    def test_one_after_the_other(self):
        self.accept(
            op("create", OK, 0, 1, value=1), op("create", CONFLICT, 2, 3, uuid="B"), op("find", OK, 2, 3), op("update", OK, 4, 5, value=2),
            op("update", STALE, 6, 7, value=3, expected=1), op("read", OK, 8, 9, value=2), op("delete", OK, 10, 11),
            op("read", MISSING, 12, 13), op("find", MISSING, 12, 13, uuid=None), op("create", OK, 14, 15, uuid="B", value=1),
        )  # fmt: skip

    def test_what_overlaps_may_come_in_any_order(self):
        self.accept(op("create", OK, 0, 10, value=1), op("find", MISSING, 1, 5, uuid=None), op("find", OK, 2, 4), op("read", OK, 3, 9, value=1))

    def test_an_unanswered_change_may_have_happened(self):
        self.accept(op("create", OK, 0, 1, value=1), op("update", UNKNOWN, 2, value=2), op("read", OK, 3, 4, value=2))

    def test_an_unanswered_change_may_happen_late(self):
        self.accept(
            op("create", OK, 0, 1, value=1), op("update", UNKNOWN, 2, value=2), op("read", OK, 3, 4, value=1), op("read", OK, 5, 6, value=2)
        )

    def test_an_unanswered_change_may_never_happen(self):
        self.accept(op("create", OK, 0, 1, value=1), op("delete", UNKNOWN, 2, 3), op("read", OK, 4, 5, value=1))

    def test_links(self):
        self.accept(
            op("create", OK, 0, 1, value=1), op("link", OK, 2, 3, holder="h"), op("delete", CONFLICT, 4, 5),
            op("read", OK, 4, 5, value=1, holders=frozenset("h")), op("unlink", OK, 6, 7, holder="h"), op("delete", OK, 8, 9),
        )  # fmt: skip

    def test_a_late_read_may_miss_what_another_server_acknowledged(self):
        self.accept(
            op("create", OK, 0, 1, value=1, server="s1"), op("read", MISSING, 2, 3, server="s2", is_late=True),
            op("read", OK, 4, 5, value=1, server="s2", is_late=True),
        )  # fmt: skip

    def test_histories_made_by_a_register_pass_and_with_one_answer_changed_agree_with_every_order_tried(self):
        """Against the definition itself: all permutations of short histories."""
        chance = random.Random(1)
        refused = 0
        for _ in range(400):
            history = self.made(chance)
            self.assertIsNone(check(history))
            victim = chance.randrange(len(history))
            changed = [*history]
            each = changed[victim]
            changed[victim] = Operation(
                each.kind, chance.choice((OK, MISSING, CONFLICT, STALE, UNKNOWN)), each.call, each.returned, each.uuid,
                value=chance.randrange(3) if each.kind == "read" else each.value, expected=each.expected,
            )  # fmt: skip
            expected = self.explained(changed)
            refused += not expected
            self.assertEqual(check(changed) is None, expected, changed)
        self.assertGreater(refused, 50)

    @staticmethod
    def made(chance):
        state, history = None, []
        for moment in range(6):
            kind = chance.choice(("create", "read", "update", "delete"))
            uuid = chance.choice("AB")
            operation = dict(kind=kind, uuid=uuid, value=None if kind == "delete" else chance.randrange(3))
            if kind == "update":
                operation["expected"] = chance.choice((None, 1))
            if kind == "read" and state:
                operation["value"] = state.value
            for outcome in (OK, MISSING, CONFLICT, STALE):
                # Around the moment at which it took effect.
                call, returned = moment - chance.random() * 2, moment + chance.random() * 2
                made = Operation(outcome=outcome, call=call, returned=returned, **operation)
                following = linearizability.apply(state, made)
                if not isinstance(following, str):
                    state = following
                    history.append(made)
                    break
        return history

    @staticmethod
    def explained(history):
        known = [each for each in history if each.outcome != UNKNOWN]
        unknown = [each for each in history if each.outcome == UNKNOWN]
        for count in range(len(unknown) + 1):
            for some in itertools.combinations(unknown, count):
                for order in itertools.permutations(known + list(some)):
                    if any(later.returned < earlier.call for earlier, later in itertools.combinations(order, 2)):
                        continue
                    state = None
                    for each in order:
                        state = linearizability.apply(state, each)
                        if isinstance(state, str):
                            break
                    else:
                        return True
        return False


class Wrong(unittest.TestCase):
    def refuse(self, words, *history):
        account = check(history)
        self.assertIsNotNone(account, "accepted")
        for word in words:
            self.assertIn(word, account)

    def test_lost_update(self):
        """Two writers read the same version, and both were told that theirs replaced it."""
        self.refuse(
            ["which must be 'stale'"],
            op("create", OK, 0, 1, value=1), op("update", OK, 2, 5, value=2, expected=1), op("update", OK, 3, 6, value=3, expected=1),
        )  # fmt: skip

    def test_acknowledged_update_is_gone(self):
        self.refuse(
            ["it read 1, and there is A with value 2"],
            op("create", OK, 0, 1, value=1), op("update", OK, 2, 3, value=2), op("read", OK, 4, 5, value=1),
        )  # fmt: skip

    def test_stale_read(self):
        """Once somebody has seen the new value nobody sees the old one."""
        self.refuse(
            ["it read 1, and there is A with value 2"],
            op("create", OK, 0, 1, value=1), op("update", OK, 2, 20, value=2), op("read", OK, 3, 5, value=2), op("read", OK, 6, 8, value=1),
        )  # fmt: skip

    def test_stale_read_of_the_server_that_acknowledged(self):
        self.refuse(
            ["on s1: read A", "which must be 'ok'"],
            op("create", OK, 0, 1, value=1, server="s1"), op("read", MISSING, 2, 3, server="s1", is_late=True),
        )  # fmt: skip

    def test_a_server_goes_back(self):
        self.refuse(
            ["it read 1, and there is A with value 2"],
            op("create", OK, 0, 1, value=1, server="s1"), op("update", OK, 2, 3, value=2, server="s1"),
            op("read", OK, 4, 5, value=2, server="s2", is_late=True), op("read", OK, 6, 7, value=1, server="s2", is_late=True),
        )  # fmt: skip

    def test_a_late_read_from_the_future(self):
        self.refuse(
            ["it found A, and there is nothing"],
            op("find", OK, 0, 1, server="s2", is_late=True), op("create", OK, 2, 3, value=1, server="s1"),
        )  # fmt: skip

    def test_double_allocation(self):
        self.refuse(
            ["create B -> ok: it was answered with 'ok', which must be 'conflict' when there is A"],
            op("create", OK, 0, 1), op("create", OK, 2, 3, uuid="B"), op("delete", OK, 4, 5),
        )  # fmt: skip

    def test_double_allocation_at_the_same_moment(self):
        self.refuse(["which must be 'conflict'"], op("create", OK, 0, 9), op("create", OK, 1, 8, uuid="B"))

    def test_resurrected(self):
        self.refuse(
            ["which must be 'missing' when there is nothing"],
            op("create", OK, 0, 1, value=1), op("delete", OK, 2, 3), op("read", OK, 4, 5, value=1),
        )  # fmt: skip

    def test_acknowledged_and_lost(self):
        self.refuse(["it found nothing, and there is A"], op("create", OK, 0, 1, value=1), op("find", OK, 2, 3, uuid=None))

    def test_an_unanswered_change_cannot_be_undone(self):
        self.refuse(
            ["it read 1, and there is A with value 2"],
            op("create", OK, 0, 1, value=1), op("update", UNKNOWN, 2, value=2), op("read", OK, 3, 4, value=2), op("read", OK, 5, 6, value=1),
        )  # fmt: skip

    def test_an_unanswered_change_does_not_happen_after_its_server_is_gone(self):
        self.refuse(
            ["it read 2, and there is A with value 1"],
            op("create", OK, 0, 1, value=1), op("update", UNKNOWN, 2, 3, value=2), op("read", OK, 4, 5, value=1), op("read", OK, 6, 7, value=2),
        )  # fmt: skip

    def test_a_refusal_without_a_reason(self):
        self.refuse(["it was answered with 'conflict', which must be 'ok'"], op("create", CONFLICT, 0, 1))

    def test_deleted_while_somebody_was_told_that_it_refers_to_it(self):
        self.refuse(
            ["it was answered with 'ok', which must be 'conflict' when there is A with value 1, linked by ['h']"],
            op("create", OK, 0, 1, value=1), op("link", OK, 2, 3, holder="h"), op("delete", OK, 4, 5),
        )  # fmt: skip

    def test_a_search_that_is_too_long_is_not_taken_for_right(self):
        history = [op("create", OK, 0, 1, value=0)] + [op("update", UNKNOWN, 2, value=n) for n in range(30)]
        history.append(op("read", OK, 3, 4, value=99))
        before, linearizability.GREATEST_SEARCH = linearizability.GREATEST_SEARCH, 10_000
        try:
            self.assertIn("not decided", check(history))
        finally:
            linearizability.GREATEST_SEARCH = before

    def test_check_all_names_the_name(self):
        with self.assertRaisesRegex(AssertionError, "^net-1: no order"):
            linearizability.check_all({"net-1": [op("create", CONFLICT, 0, 1)]})


if __name__ == "__main__":
    unittest.main()
