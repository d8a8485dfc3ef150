// Whether anything more may be read. While the disk is busy, actions wait for their turn; so that they do not pile up, nobody is listened
// to.

/// Not Sendable: of the agent's event loop.
final class ReadGate {
    private var isOpen = true
    private var waiting: [() -> Void] = []

    /// Calls the body now, or once the gate is open.
    func pass(_ body: @escaping () -> Void) {
        if isOpen { body() } else { waiting.append(body) }
    }

    func close() { isOpen = false }

    func open() {
        isOpen = true
        let bodies = waiting
        waiting = []
        for body in bodies { body() }
    }
}
