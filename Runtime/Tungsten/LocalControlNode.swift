// The control node that `tungsten up` runs, as the configuration knows it: a BGP router of the underlay.

import Client
import ConfigurationClient
import ConfigurationModel
import Resources

enum LocalControlNode {
    /// Its name in the configuration.
    static let name = "local-control-node"

    /// Makes the BGP router, or gives it the address that it has now.
    static func ensure(_ client: ConfigurationClient, address: String) async throws(ClientError) {
        let fullName = ["default-domain", "default-project", "ip-fabric", "__default__", name]
        do {
            var router = try await client.bgpRouters.read(name: fullName)
            guard router.bgpRouterParameters?.address != address else { return }
            router.bgpRouterParameters?.address = address
            router.bgpRouterParameters?.identifier = address
            try await client.bgpRouters.update(router)
        } catch  where error.code == .notFound {
            var router = BgpRouter()
            router.identity = ObjectIdentity(fullName, parentType: RoutingInstance.typeName)
            router.bgpRouterParameters = BgpRouterParams(identifier: address, address: address)
            _ = try await client.bgpRouters.create(router)
        }
    }
}
