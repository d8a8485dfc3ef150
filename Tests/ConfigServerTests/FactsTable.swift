// What the configuration server has to do to stand in for the older platform's, item by item, beside the tests that prove it. An item
// without proof says `missing:` and what is. The sections are those of the inventory of the older platform that this project works from.
//
// A proof is the name of a Swift test of this target or of ClientTests, or a file of Tests/ with the name of a Python test in it.

let factsTable = """
    | § | what | proof |
    |---|---|---|
    | 3.1 | JSON in and out; errors are the bare sentence, documents when asked for | speaksHTTP, refusesInDocumentsWhenAsked |
    | 3.1 | bodies, nesting and connections have limits; too large is 413 | refusesWhatIsTooLarge, nestingIsLimited, stopsWhenConnectionsAreIdle |
    | 3.1 | 503 until the data are there | keepsClientsWaitingUntilItIsReady |
    | 3.2 | the home page has every link by its name and method | theHomePageHasEveryLink, Interop/contrail_api_client.py |
    | 3.3 | POST: order of checks, names, parents, uuids, defaults, display_name | refusesToMake, theParentTypeIsNeededWhereThereAreSeveral, objectsBelowTheRootHaveShortNames, identifiersAreUnique, makesAnObject, proposedPermissionsAreKept |
    | 3.3 | a colon in a name is for route targets alone | routeTargetsHaveColons |
    | 3.3 | GET: fields, exclude_*, ETag and If-None-Match, 404 | readsWhatIsAskedFor, readsWithEntityTags, saysWhatIsNotThere, anIdentifierOfAnotherTypeIsNotFound |
    | 3.3 | PUT: null removes, lists replace, an empty body does nothing, id_perms and perms2 | replacesAndRemovesProperties, listsAreReplacedAsAWhole, anEmptyBodyChangesNothing, onlyTwoMembersOfIdPermsCanBeWritten, sharingNeedsAnOwner, whoAnObjectIsDoesNotChange |
    | 3.3 | DELETE: 409 for children and referrers, default children go along | deletes, childrenKeepTheirParent, referrersKeepTheirTarget, weakReferencesGoWithTheirTarget |
    | 3.4 | anchors, fields, filters, detail, count, pages, bulk lists | anchorsCombine, filtersReadJSONWithCommas, counts, showsFieldsAndDetails, pagesMakeUpTheWhole, bulkListsAreLists |
    | 3.4 | lists of a tenant hold its own and shared objects | projectsSeeTheirOwn |
    | 3.5 | fqname-to-id, id-to-fqname | namesAndIdentifiersLeadToEachOther |
    | 3.5 | ref-update, ref-relax-for-delete | oneByOne, refusesWhatItCannotRefer, aRelaxedReferenceDoesNotKeepItsTarget |
    | 3.5 | prop-collection-update, prop-collection-get | listElementsKeepTheirPositions, mapElementsAreFoundByTheirKeys, refusesWrongUpdates |
    | 3.5 | useragent-kv | clientsKeepValues |
    | 3.5 | chown, chmod, obj-perms, aaa-mode | ownersAndModesChange, withoutAuthenticationEverybodyMay, theModeIsAnAdministratorsToChange |
    | 3.5 | ip-alloc, ip-free, subnet-ip-count | networksGiveAddressesWithoutObjects |
    | 3.5 | set-tag | areAttachedByValue, refusesToAttach |
    | 3.5 | security-policy-draft | whatIsCreatedComesWithTheCommit, discardingLeavesEverythingAsItWas, aScopeIsNamed, theActionIsOneOfTwo |
    | 3.5 | execute-job, abort-job: there is no job runner, and both say so | jobsHaveNoRunner, saysWhatItDoesNotHave |
    | 3.5 | obj-cache, db-check | tellsHowMuchThereIs, checksItsData |
    | 3.5 | watch | speaksTheOlderFormat, watchesAllTypes, showsThatItLives |
    | 3.5 | fetch-records, start-profile, stop-profile, amqp-publish, amqp-request, hbs-get are refused, with what to do instead | saysWhatItDoesNotHave |
    | 3.6 | values have the type, range and pattern of the schema | patternsAreExplainedInWords, Python/test_configuration_server.py::test_the_server_says_what_is_wrong |
    | 3.6 | SubnetType is normalised; address pairs of active-standby ports are small; MAC addresses have colons | subnetsAreCompleted, addressPairsNeedPortSecurity, macAddressesHaveOneForm |
    | 3.6 | properties that the schema requires are not required, but loadbalancer_healthmonitor_properties | monitorsSayWhatTheyAsk |
    | 3.7 | names are unique, also for many at once | ofManyWhoMakeTheSameNameOneSucceeds, identifiersAreUnique |
    | 3.7 | numbers of networks | networksHaveNumbersThatComeBack, numbersAreGivenOnce, networkNumbersAreTheSystems |
    | 3.7 | VXLAN identifiers of networks and logical routers, of the same space | vxlanIdentifiersAreNumbersOfNetworks, networksPassOverVXLANIdentifiers, routersAndNetworksShareIdentifiers |
    | 3.7 | numbers of security groups | securityGroupsHaveNumbers |
    | 3.7 | numbers of tag types and tags | typesHaveNumbers, numbersCanBeChosen, giveTheirNumbersBack |
    | 3.7 | the system's route targets are closed to users; they are given out by the schema transformer | theSystemsTargetsAreNotForUsers |
    | 3.7 | numbers of aggregated Ethernet interfaces, 128 a device | bundlesHaveNumbersOfTheirOwn, aDeviceHas128Bundles |
    | 3.7 | numbers of sub-clusters | subClustersHaveNumbersOfTheirOwn, subClustersOfLongSystemsHaveShortNumbers |
    | 3.7 | numbers of virtual port groups that a port's binding profile makes | portsMakeTheirGroup, portsWithTheSameLinksShareAGroup, theNumberIsInTheName |
    | 3.8 | port of a bare-metal server: joins, makes and leaves port groups as its binding profile says | portsMakeTheirGroup, portsMoveBetweenGroups, groupsOfUsersAreNamed, onlyBareMetalIsBound, profilesAreUnderstood |
    | 3.7 | addresses: order, gateway and service address, pools, blocks, modes | addressesComeFromTheTop, addressesComeFromTheStartWhereTheSubnetSaysSo, poolsAndBlocksAreRespected, whatIsAskedForIsChecked, networksShareAFlatRange |
    | 3.7 | a port without a MAC address gets one of its UUID | portsAreCompleted |
    | 3.8 | network: number, routing instance, is_shared and global_access | networksHaveARoutingInstance, sharingHasTwoNames |
    | 3.8 | port: routing instance, bindings, also on user-space hosts, port security | portsAreCompleted, aPortThatMovesForwardsInItsNewNetwork, portsOnUserSpaceHostsMeetAtASocket |
    | 3.8 | instance-ip, floating-ip, alias-ip: address, subnet, project | theAddressSaysWhereItIs, floatingAddressesComeFromThePoolsNetwork |
    | 3.8 | project: policy set for all applications; place for drafts | aProjectHasItsOwn, aProjectMayBeginWithDrafts |
    | 3.8 | firewall-rule: tags, tag types, protocol numbers, address groups | endsBecomeReferences, matchesTheApplicationUnlessToldOtherwise, protocolsHaveNumbers |
    | 3.8 | network-policy, security-group: rule_uuid | haveIdentifiers |
    | 3.8 | tag: type made when absent, tag_id | makeAndRemoveTheirTypes, areNamedAfterTypeAndValue |
    | 3.8 | logical-router that routes by VXLAN: internal network | vxlanRoutersHaveANetworkOfTheirOwn, otherRoutersHaveNone |
    | 3.8 | bgp-router: router_type of the vendor | routersAreOfAKind |
    | 3.9 | objects of every installation, made when missing, left alone when there | everyInstallationHasItsObjects, whatIsThereIsLeftAlone |
    | 3.9 | default children | projectsComeWithTheirDefaults |
    | 3.9 | objects of an older version get what they lack | projectsGetTheirPolicySet, tagsGetNumbers, networksAndGroupsGetNumbers, theFabricProvides, bundlesAndRoutersGetWhatTheyNeed, whatDoesNotSuitStaysAsItIs |
    | 3.10 | address-group | addressGroupsHavePrefixes |
    | 3.10 | alarm | alarmsAreUnderstood, alarmsKeepTheirRules |
    | 3.10 | alias-ip, floating-ip, instance-ip: 409 for an address in use | whatIsAskedForIsChecked |
    | 3.10 | application-policy-set | theFlagIsTheSystems, theGlobalSetStays |
    | 3.10 | bgp-as-a-service | sharedServicesHaveAnAddress, aServiceHasOneZoneOfEachKind, holdTimesAreLong, holdTimesAreNoneOrLong, numbersOfServicesAreAutonomousSystems |
    | 3.10 | bgp-router | controlNodesAreInOneZone, routersHaveTheNumberOfTheirSubCluster |
    | 3.10 | bgpvpn | networksAreInVPNsOfTheirKind |
    | 3.10 | a bgpvpn is of a network or of its router, not of both | aVPNIsOfANetworkOrOfItsRouter |
    | 3.10 | bridge-domain | aNetworkHasOneBridgeDomain |
    | 3.10 | data-center-interconnect | bridgesReachTwoFabrics, routersAreInOneInterconnect, policiesOfInterconnectsAreForDevices, insideAFabricOneRouterGivesToOthers |
    | 3.10 | fabrics of a bridging interconnect have a device with the role DCI-Gateway | bridgesReachTwoFabrics |
    | 3.10 | fabric | theStyleOfAFabricStays |
    | 3.10 | floating-ip-pool | poolsNameSubnetsOfTheirNetwork |
    | 3.10 | forwarding-class | forwardingClassesHaveNumbersOfTheirOwn |
    | 3.10 | firewall-rule | refuses, referencesAreNotGivenDirectly, protocolsHaveNumbers |
    | 3.10 | host-based-service action only in a project that has the service | theHostsServiceIsOfAProject |
    | 3.10 | security objects: scopes, draft_mode_state, pending delete | globalObjectsReferToGlobalOnes, theStateIsOnlyReadable, whatIsDeletedGoesWithTheCommit |
    | 3.10 | global-system-config | thereIsOne, numbersOfAutonomousSystemsHaveARange, aNewNumberMustNotMeetTargets, portsDoNotShrinkUnderSessions, patternsOfLogsAreExpressions |
    | 3.10 | host-based-service | hostServicesHaveOneNetworkOfEachSide |
    | 3.10 | instance-ip | addressesComeFromOnePlace, theGatewayIsNoPortsAddress, anAddressNeedsANetwork |
    | 3.10 | logical-interface | unitsHaveTagsOfTheirOwn, unitsOfASegmentLeadToTheSamePorts |
    | 3.10 | physical-interface | interfacesHaveNamesOfTheirOwn, theUseOfAPortStays, segmentsAreTenOctets, bundlesHaveNumbersOfTheirOwn |
    | 3.10 | logical-router | portsAreItsOwn, portsOfMachinesAreNotRouters, itDoesNotLeaveByWhatItConnects, theTypeStays, routesOfRoutersAreUsers, routersAndNetworksShareIdentifiers, routersAreInOneInterconnect |
    | 3.10 | network-ipam | rangesForRoutersAreFlat, workloadsKnowWhomToAsk, flatRangesDoNotOverlap, aSubnetInUseStays |
    | 3.10 | network-policy, security-group | areDifferent, haveKnownProtocols, ofPolicies, ofGroups |
    | 3.10 | grpc-, netconf-, snmp-, sflow- and telemetry-profile | defaultProfilesAreNobodysToEdit, telemetryHasOneProfileOfEachKind, samplingHasRanges |
    | 3.10 | port-profile, storm-control-profile | portsHaveOneStormProfile, stormsHaveLimits |
    | 3.10 | qos-config | marksHaveRanges |
    | 3.10 | route-aggregate | aggregatesAreOfOneFamily, aggregatesAreOfOneService |
    | 3.10 | route-target | targetsHaveAForm |
    | 3.10 | routing-policy | policiesSayWhatDevicesUnderstand, policiesOfDevices |
    | 3.10 | service-appliance-set | setsInUseStayAsTheyAre |
    | 3.10 | sub-cluster | subClustersHaveNumbersOfTheirOwn, subClustersOfLongSystemsHaveShortNumbers |
    | 3.10 | tag, tag-type | needTypeAndValue, stayAsTheyAre, numbersCanBeChosen, predefinedTypesStay, anObjectHasOneTagOfAType |
    | 3.10 | virtual-DNS, virtual-DNS-record | refusesServers, serversAskOthers, acceptsRecords, refusesRecords |
    | 3.10 | virtual-machine-interface: network, sub-interfaces, address pairs | portsAreOfANetwork, subInterfacesHaveTagsOfTheirOwn, portsStayWhileTheyHaveSubInterfaces, addressPairsNeedPortSecurity |
    | 3.10 | virtual-machine-interface: health checks, routers, vnic_type, bridge domains | onlyServicesAreProbedThrough, portsOfRoutersAreNotMachines, pluggedPortsKeepTheirKind, bridgeDomainsAreOfThePortsNetwork |
    | 3.10 | virtual-machine-interface: VLANs of port groups and fabrics | aVLANOfAGroupLeadsToOneNetwork, aNetworkOfAFabricHasOneVLAN, groupsMayNameTheirPorts, aLinkHasOneVLANWithoutATag |
    | 3.10 | virtual-network: VXLAN, route targets, subnets | vxlanIdentifiersAreNumbersOfNetworks, theSystemsTargetsAreNotForUsers, refusesWrongSubnets, aSubnetInUseStays |
    | 3.10 | virtual-network: provider networks, chains, flat ranges | networksLieOnOneProvider, placesInThePhysicalNetworkAreWhole, severalChainsKeepTargetsApart, flatRangesAreForNetworksThatRoute |
    | 3.10 | routed virtual networks: addresses and protocols on devices | routedNetworksSayHowEachDeviceRoutes |
    | 3.11 | modes, roles, access lists, shares | cloudAdminIsForAdministrators, nobodyAndNoRoleAreRefused, theMostSpecificRuleDecides, sharedObjectsMayBeUsedAsTheySay, repliesLeaveOutWhatMayNotBeRead |
    | 3.11 | Keystone, users of the server's own, unauthenticated addresses | aPasswordGivesATokenAndATokenLetsIn, aMemberMayWhatTheListsSay, aKeystoneThatDoesNotAnswerLetsNobodyIn |
    | 3.11 | who owns what is made; hidden objects | projectsSeeTheirOwn, objectsOfTheSystemAreNotSeen |
    | 3.11 | default lists; shares of domains | anybodyMayAskForNamesByTheDefaultList, domainsAreSharedWithThemselves |
    | 3.12 | limits by type, by default, of hidden objects | limitsChildren, defaultsCountForTheRest, hiddenObjectsDoNotCount |
    | 3.12 | limits that the server has for projects without any | theServerHasLimitsForThoseWithoutAny |
    | 3.12 | limits by content | limitsRulesOfAllGroups, limitsSubnetsOfAllNetworks, limitsGrandchildrenAndReferrers |
    | 3.12 | groups of Neutron's firewall service | limitsGroupsOfNeutron |
    | 3.12 | host-based-service: none unless allowed, and one then | hostBasedServicesMustBeAllowed, hostServicesHaveOneNetworkOfEachSide |
    | 3.13 | drafts where a scope asks for them; 409 when that ends with some pending | aScopeHoldsDraftsWhileItSaysSo, theWholeSystemIsAScope |
    | 3.13 | 202; reads of the object are unchanged; state of the draft | whatIsChangedStaysUntilTheCommit, aNameIsDraftedOnce, aDraftThatIsDeletedIsForgotten |
    | 3.13 | commit: in one transaction, with the draft's uuid | whatIsCreatedComesWithTheCommit, watchersSeeOneGoAndAnotherCome, whoRefersToADraftRefersToWhatBecomesOfIt |
    | 3.13 | commit: deletes | whatIsDeletedGoesWithTheCommit |
    | 3.13 | T__read_draft of the Python client | Python/test_operations.py |
    | 3.13 | control nodes see no drafts | draftsAreNoPartOfTheGraph |
    | 7 | tags: names, encoding, which can be had several times, address groups | areNamedAfterTypeAndValue, anObjectHasOneTagOfAType, refusesToAttach |
    | 7 | tags at the ends of rules: own scope, or global: | globalRulesHaveGlobalTags, bothEndsMayHaveATagOfOneType |
    | 7 | rules: ends, services, match tags | refuses, serviceGroupsHaveNumbers, matchesTheApplicationUnlessToldOtherwise |
    | 7 | sequences of rules and policies are text, kept and shown as written; the order that they make is the agents' | sequencesAreText |
    | 7 | every type, property and reference from Python | Python/test_configuration_server.py::test_every_type_below_every_parent, Python/test_configuration_server.py::test_every_property, Python/test_configuration_server.py::test_every_reference |
    """
