// `swift build` puts the messages of Schema/Forwarder here: value types that read and write themselves as netlink attributes.
