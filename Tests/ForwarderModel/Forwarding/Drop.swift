// Why the model drops packets: the words of Runtime/Forwarder/include/drop.h, as far as the model can get there.

/// A reason, thrown by the step of a packet's way that cannot go on.
public enum Drop: String, Error, CaseIterable {
    case discard
    case pull
    case invalidInterface = "invalid-interface"
    case invalidARP = "invalid-arp"
    case trapNoInterface = "trap-no-interface"
    case nowhereToGo = "nowhere-to-go"
    case flowQueueLimitExceeded = "flow-queue-limit-exceeded"
    case flowActionDrop = "flow-action-drop"
    case flowUnusable = "flow-unusable"
    case interfaceTransmitDiscard = "interface-transmit-discard"
    case ttlExceeded = "ttl-exceeded"
    case invalidNextHop = "invalid-next-hop"
    case invalidLabel = "invalid-label"
    case invalidProtocol = "invalid-protocol"
    case invalidMulticastSource = "invalid-multicast-source"
    case multicastCloneFailed = "multicast-clone-failed"
    case invalidPacket = "invalid-packet"
    case checksumError = "checksum-error"
    case invalidVXLANNetwork = "invalid-vxlan-network"
    case fragmentError = "fragment-error"
    case invalidSource = "invalid-source"
    case noBridgeEntry = "no-bridge-entry"
    case fragmentQueueFailed = "fragment-queue-failed"
    case newFlowRefused = "new-flow-refused"
    case packetLoop = "packet-loop"
    case noFragmentEntry = "no-fragment-entry"
    case icmpError = "icmp-error"
    case cloneFailed = "clone-failed"
    case flowDeleted = "flow-deleted"
    case invalidAgentPacket = "invalid-agent-packet"
}
