// Stanzas as they are on the wire, each with what it means. The receiving direction has the quotes and blanks of other systems; what we
// write ourselves is given byte for byte.

import Testing
import XMPP

let agent = Address("compute-1")
let namespace = "http://jabber.org/protocol/pubsub"
let entry = "<entry><nlri><af>1</af><safi>1</safi><address>10.1.1.3/32</address></nlri></entry>"

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// A stanza that is written and read in the same form.
struct Example: CustomTestStringConvertible {
    let name: String
    let stanza: Stanza
    let text: String
    var testDescription: String { name }

    static let all: [Example] = {
        let toRoutes = Address.controlNode.with(resource: Address.routes)
        let toConfiguration = Address.controlNode.with(resource: Address.configuration)
        let agentRoutes = agent.with(resource: Address.routes)
        let agentConfiguration = agent.with(resource: Address.configuration)
        let routesHead = "<iq type=\"set\" from=\"compute-1\" to=\"network-control@contrailsystems.com/bgp-peer\""
        let configurationHead = "<iq type=\"set\" from=\"compute-1\" to=\"network-control@contrailsystems.com/config\""
        let messageHead = "<message from=\"network-control@contrailsystems.com\" to=\"compute-1/bgp-peer\">"
        let pubsub = "<pubsub xmlns=\"\(namespace)\">"
        let node = "1/1/default-domain:admin:blue:blue/10.1.1.3/32"
        return [
            Example(
                name: "subscribe to a routing instance",
                stanza: Stanza(
                    from: agent, to: toRoutes, id: "subscribe1",
                    payload: .subscribe(Subscription(node: "default-domain:admin:blue:blue", instanceID: 3))),
                text: "\(routesHead) id=\"subscribe1\">\(pubsub)<subscribe node=\"default-domain:admin:blue:blue\"></subscribe>"
                    + "<options><instance-id>3</instance-id></options></pubsub></iq>"),
            Example(
                name: "subscribe as a source of routes only",
                stanza: Stanza(
                    from: agent, to: toRoutes, id: "subscribe2",
                    payload: .subscribe(Subscription(node: "a:b:c:c", instanceID: 4, isSourceOnly: true))),
                text: "\(routesHead) id=\"subscribe2\">\(pubsub)<subscribe node=\"a:b:c:c\"></subscribe>"
                    + "<options><instance-id>4</instance-id><no-ribout>true</no-ribout></options></pubsub></iq>"),
            Example(
                name: "unsubscribe",
                stanza: Stanza(
                    from: agent, to: toRoutes, id: "unsubscribe5",
                    payload: .unsubscribe(Subscription(node: "a:b:c:c", instanceID: 4))),
                text: "\(routesHead) id=\"unsubscribe5\">\(pubsub)<unsubscribe node=\"a:b:c:c\"></unsubscribe>"
                    + "<options><instance-id>4</instance-id></options></pubsub></iq>"),
            Example(
                name: "publish a route",
                stanza: Stanza(
                    from: agent, to: toRoutes, id: "pubsub6", payload: .publish(Publication(node: node, entries: [bytes(entry)]))),
                text: "\(routesHead) id=\"pubsub6\">\(pubsub)<publish node=\"\(node)\"><item>\(entry)</item></publish></pubsub></iq>"),
            Example(
                name: "announce it",
                stanza: Stanza(
                    from: agent, to: toRoutes, id: "collection6",
                    payload: .associate(instance: "default-domain:admin:blue:blue", node: node)),
                text: "\(routesHead) id=\"collection6\">\(pubsub)<collection node=\"default-domain:admin:blue:blue\">"
                    + "<associate node=\"\(node)\"></associate></collection></pubsub></iq>"),
            Example(
                name: "withdraw it",
                stanza: Stanza(
                    from: agent, to: toRoutes, id: "collection7",
                    payload: .dissociate(instance: "default-domain:admin:blue:blue", node: node)),
                text: "\(routesHead) id=\"collection7\">\(pubsub)<collection node=\"default-domain:admin:blue:blue\">"
                    + "<dissociate node=\"\(node)\"></dissociate></collection></pubsub></iq>"),
            Example(
                name: "routes to an agent",
                stanza: Stanza(
                    from: .controlNode, to: agentRoutes,
                    payload: .event(
                        RouteEvent(
                            node: "1/1/a:b:c:c", items: [RouteEvent.Item(id: "10.1.1.3/32", entry: bytes(entry))],
                            retracts: ["10.1.1.4/32"]))),
                text: "\(messageHead)<event xmlns=\"\(namespace)\"><items node=\"1/1/a:b:c:c\"><item id=\"10.1.1.3/32\">\(entry)</item>"
                    + "<retract id=\"10.1.1.4/32\"></retract></items></event></message>"),
            Example(
                name: "end of RIB",
                stanza: Stanza(from: .controlNode, to: agentRoutes, payload: .endOfRIB),
                text: "\(messageHead)<event xmlns=\"\(namespace)\"><items node=\"0/0/EndOfRib\"></items></event></message>"),
            Example(
                name: "subscribe to configuration",
                stanza: Stanza(
                    from: agent, to: toConfiguration, id: "s1",
                    payload: .subscribe(.configuration(virtualRouter: "default-global-system-config:compute-1"))),
                text: "\(configurationHead) id=\"s1\">\(pubsub)"
                    + "<subscribe node=\"virtual-router:default-global-system-config:compute-1\"></subscribe></pubsub></iq>"),
            Example(
                name: "unsubscribe from a virtual machine",
                stanza: Stanza(
                    from: agent, to: toConfiguration,
                    payload: .unsubscribe(.configuration(virtualMachine: "9b2f6a5e-0000-4000-8000-000000000001"))),
                text: "\(configurationHead)>\(pubsub)"
                    + "<unsubscribe node=\"virtual-machine:9b2f6a5e-0000-4000-8000-000000000001\"></unsubscribe></pubsub></iq>"),
            Example(
                name: "configuration",
                stanza: Stanza(
                    from: .controlNode, to: agentConfiguration,
                    payload: .configuration([
                        .update(
                            .node(
                                ConfigurationNode(
                                    type: "virtual-network", name: "a:b:c",
                                    properties: [.init(name: "is-shared", content: bytes("false"))]))),
                        .update(
                            .link(
                                ConfigurationLink(
                                    metadata: "virtual-network-routing-instance", left: .init(type: "virtual-network", name: "a:b:c"),
                                    right: .init(type: "routing-instance", name: "a:b:c:c")))),
                        .delete(.node(ConfigurationNode(type: "virtual-network", name: "a:b:<&>"))),
                    ])),
                text: "<iq type=\"set\" from=\"network-control@contrailsystems.com\" to=\"compute-1/config\"><config><update>"
                    + "<node type=\"virtual-network\"><name>a:b:c</name><is-shared>false</is-shared></node>"
                    + "<link><node type=\"virtual-network\"><name>a:b:c</name></node><node type=\"routing-instance\">"
                    + "<name>a:b:c:c</name></node><metadata type=\"virtual-network-routing-instance\"></metadata></link></update>"
                    + "<delete><node type=\"virtual-network\"><name>a:b:&lt;&amp;&gt;</name></node></delete></config></iq>"),
        ]
    }()
}
