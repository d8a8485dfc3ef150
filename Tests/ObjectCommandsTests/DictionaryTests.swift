// What the dictionary says is what the descriptors say, for every type of the schema.

import ConfigurationDictionary
import ConfigurationREST
import Resources
import Testing

@Suite struct DictionaryTests {
    private let dictionary = ConfigurationDictionary.dictionary

    @Test func everyObjectTypeHasTheMembersOfItsDescriptor() throws {
        let common = dictionary.commonProperties.map(\.name)
        #expect(common.contains("display_name"))
        for type in ConfigurationResources.types {
            let entry = try #require(dictionary[type.name], "\(type.name) is not in the dictionary")
            #expect(Set(entry.properties.map(\.name) + common) == Set(type.properties.map(\.key)), "\(type.name)")
            #expect(entry.references.map(\.name) == type.references.map(\.target), "\(type.name)")
            #expect(!entry.summary.isEmpty, "\(type.name) has no documentation")
        }
    }

    @Test func everyTypeThatIsNamedIsThere() throws {
        for name in dictionary.names {
            let entry = try #require(dictionary[name], "\(name) cannot be read")
            for item in entry.properties + entry.references + (entry.members ?? []) {
                guard let type = item.type, !type.hasPrefix("xs:") else { continue }
                #expect(dictionary[type] != nil, "\(name).\(item.name) is of the type \(type), which is not there")
            }
        }
        #expect(dictionary["no-such-type"] == nil)
    }

    @Test func valuesAndBoundsAreThere() throws {
        let notation = try #require(dictionary["FloatingIpDnsNotation"])
        #expect(notation.values.map(\.name).contains("vm-name"))
        #expect(notation.values.allSatisfy { !$0.paragraphs.isEmpty })
        let size = try #require(dictionary["NetworkMtuType"])
        #expect((size.minimum, size.maximum) == (0, 9216))
    }
}
