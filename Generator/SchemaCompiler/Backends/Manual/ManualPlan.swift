// Where everything stands in the manual, decided before anything is printed: which page an object or a type is on, and the anchor of its
// heading. A page for each schema file tells what the file is about; each object has a page in the folder of that name. A type that only
// one object leads to is explained on that object's page, where its reader is; the others stand on the page of their file.

/// A class, as every printer refers to it and no printer changes it.
final class ManualPlan {
    /// A heading on a page.
    struct Place {
        let page: String
        let anchor: String?
    }

    /// What a name leads to, and how it is spelled.
    struct Meaning {
        /// The name as JSON has it, for members; as the schema has it, for objects and types.
        let spelling: String
        var place: Place?
    }

    let model: Model
    /// Page of an object, by its name.
    private(set) var objectPages: [String: String] = [:]
    /// Page and heading of a structured or simple type.
    private(set) var typePlaces: [String: Place] = [:]
    /// Headings of the properties of an object, by object and property; common properties under the empty name.
    private(set) var propertyAnchors: [String: [String: String]] = [:]
    /// Types that are explained on an object's page or a file's page, in the order in which they are met there.
    private(set) var typesOnPage: [String: [String]] = [:]
    /// Who uses a type directly: objects and structures.
    private(set) var users: [String: [String]] = [:]
    /// References that every object has, as its own pages need not repeat them.
    private(set) var commonReferences: [ReferenceRelation] = []
    /// What a name in backquotes means in prose, wherever it stands.
    private(set) var meanings: [String: Meaning] = [:]

    static let everyObjectPage = "every-object.md"
    static let guidePage = "using-the-api.md"
    static let treePage = "tree.md"
    static let namesPage = "names.md"
    static let indexPage = "README.md"

    init(model: Model) {
        self.model = model
        for file in model.files { for object in file.objects { objectPages[object] = "\(file.name)/\(object).md" } }
        if let first = model.objects.first, model.objects.count > 1 {
            let shared = model.objects.dropFirst().reduce(Set(first.references.map(\.placeOfDeclaration))) {
                $0.intersection($1.references.map(\.placeOfDeclaration))
            }
            commonReferences = first.references.filter { shared.contains($0.placeOfDeclaration) }
        }
        placeTypes()
        placeHeadings()
        collectMeanings()
    }

    func isCommon(_ reference: ReferenceRelation) -> Bool {
        commonReferences.contains { $0.placeOfDeclaration == reference.placeOfDeclaration }
    }

    /// References that are particular to an object.
    func ownReferences(of object: ObjectType) -> [ReferenceRelation] { object.references.filter { !isCommon($0) } }

    /// Properties in the order of the page: first those that the object's own file declares, then those it shares with objects of others.
    func orderedProperties(of object: ObjectType) -> [Property] {
        let isOwn = { (property: Property) in property.location.file === object.location.file }
        return object.properties.filter(isOwn) + object.properties.filter { !isOwn($0) }
    }

    // MARK: Types

    private func placeTypes() {
        /// The one object that leads to a type; nil in the table: several do.
        var owners: [String: String?] = [:]
        var order: [String: [String]] = [:]
        func visit(_ type: TypeReference, from object: String?) {
            let name: String
            switch type {
            case .scalar: return
            case .simple(let simple), .structure(let simple): name = simple
            }
            if let owner = owners[name] {
                // Whatever lies below a shared type is shared already.
                if owner == nil || owner == object { return }
                owners[name] = .some(nil)
            } else {
                owners[name] = .some(object)
                if let object { order[object, default: []].append(name) }
            }
            if case .structure = type, let structure = model.structure(name) {
                for member in structure.members { visit(member.type, from: object) }
            }
        }
        for property in model.commonProperties { visit(property.type, from: nil) }
        for reference in commonReferences { if let data = reference.data { visit(.structure(data), from: nil) } }
        for object in model.objects {
            for property in object.properties { visit(property.type, from: object.name) }
            for reference in object.references { if let data = reference.data { visit(.structure(data), from: object.name) } }
        }
        for object in model.objects {
            guard let page = objectPages[object.name] else { continue }
            typesOnPage[page] = order[object.name, default: []].filter { owners[$0] == .some(object.name) && !isAnonymous($0) }
        }
        for file in model.files {
            let types = (file.structures + file.simpleTypes).filter { name in
                if case .some(.some) = owners[name] { return false }
                return !isAnonymous(name)
            }
            typesOnPage[file.pagePath] = types.sorted()
        }
        for (page, types) in typesOnPage { for type in types { typePlaces[type] = Place(page: page, anchor: nil) } }
        collectUsers()
    }

    private func isAnonymous(_ type: String) -> Bool { model.simpleType(type)?.isAnonymous ?? false }

    private func collectUsers() {
        func add(_ type: TypeReference, _ user: String) {
            switch type {
            case .scalar: return
            case .simple(let name), .structure(let name): if users[name]?.last != user { users[name, default: []].append(user) }
            }
        }
        for object in model.objects {
            for property in object.properties { add(property.type, object.name) }
            for reference in object.references { if let data = reference.data { add(.structure(data), object.name) } }
        }
        for structure in model.structures { for member in structure.members { add(member.type, structure.name) } }
    }

    // MARK: Headings

    private func placeHeadings() {
        var every = Anchors([ManualTitles.everyObject, ManualTitles.identity, ManualTitles.properties])
        propertyAnchors[""] = every.anchors(of: model.commonProperties)
        for object in model.objects {
            guard let page = objectPages[object.name] else { continue }
            // In the order of the page: equal headings are told apart by a number, counted from the top.
            var anchors = Anchors([object.name, ManualTitles.example])
            if !object.properties.isEmpty { anchors.add(ManualTitles.properties) }
            propertyAnchors[object.name] = anchors.anchors(of: orderedProperties(of: object))
            let references = ownReferences(of: object)
            if !references.isEmpty { anchors.add(ManualTitles.references) }
            for reference in references { anchors.add(Naming.referenceField(to: reference.to)) }
            if !object.children.isEmpty { anchors.add(ManualTitles.children) }
            if !object.backReferences.isEmpty { anchors.add(ManualTitles.backReferences) }
            placeTypes(on: page, &anchors)
        }
        for file in model.files {
            var anchors = Anchors([ManualTitles.title(of: file)])
            if !file.objects.isEmpty { anchors.add(ManualTitles.objects) }
            placeTypes(on: file.pagePath, &anchors)
        }
    }

    private func placeTypes(on page: String, _ anchors: inout Anchors) {
        guard let types = typesOnPage[page], !types.isEmpty else { return }
        anchors.add(ManualTitles.types)
        for type in types { typePlaces[type] = Place(page: page, anchor: anchors.add(type)) }
    }

    // MARK: Names

    /// Later entries win: an object before a type before a property of every object before a member of some structure. Names of members
    /// that are also values of an enumeration are left alone, since values keep their spelling.
    private func collectMeanings() {
        for property in model.commonProperties + model.objects.flatMap(\.properties) { addMember(property.name) }
        for structure in model.structures { for member in structure.members { addMember(member.name) } }
        for simple in model.simpleTypes { for value in simple.enumeration { meanings[value.value] = nil } }
        for property in model.commonProperties {
            let place = Place(page: Self.everyObjectPage, anchor: propertyAnchors[""]?[property.name])
            meanings[property.name] = Meaning(spelling: Naming.jsonKey(property.name), place: place)
        }
        for (type, place) in typePlaces { meanings[type] = Meaning(spelling: type, place: place) }
        for (object, page) in objectPages { meanings[object] = Meaning(spelling: object, place: Place(page: page, anchor: nil)) }
    }

    private func addMember(_ name: String) {
        if name.utf8.contains(UInt8(ascii: "-")) { meanings[name] = Meaning(spelling: Naming.jsonKey(name), place: nil) }
    }

    /// Anchors as GitHub and GitLab derive them from headings.
    private struct Anchors {
        private var counts: [String: Int] = [:]

        init(_ headings: [String]) { for heading in headings { add(heading) } }

        @discardableResult
        mutating func add(_ heading: String) -> String {
            let slug = Self.slug(heading)
            let count = counts[slug, default: 0]
            counts[slug] = count + 1
            return count == 0 ? slug : "\(slug)-\(count)"
        }

        private static func slug(_ heading: String) -> String {
            if heading.utf8.allSatisfy(isKept) { return heading }
            var slug: [UInt8] = []
            for byte in heading.utf8 {
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"): slug.append(byte | 0x20)
                case UInt8(ascii: " "): slug.append(UInt8(ascii: "-"))
                default: if isKept(byte) { slug.append(byte) }
                }
            }
            return String(decoding: slug, as: UTF8.self)
        }

        private static func isKept(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"): true
            default: false
            }
        }

        mutating func anchors(of properties: [Property]) -> [String: String] {
            var anchors: [String: String] = [:]
            for property in properties { anchors[property.name] = add(Naming.jsonKey(property.name)) }
            return anchors
        }
    }
}

/// Headings and titles, which links to them depend on.
enum ManualTitles {
    static let everyObject = "What every object has"
    static let identity = "Identity"
    static let example = "Example"
    static let properties = "Properties"
    static let references = "References"
    static let children = "Contains"
    static let backReferences = "Referred to by"
    static let types = "Types"
    static let objects = "Objects"

    /// `virtual-router` → `Virtual router`, `bgp` → `BGP`.
    static func title(of file: ModelFile) -> String {
        let words = file.name.split { $0 == "-" || $0 == "_" }.map { abbreviations[$0.lowercased()] ?? String($0) }
        let text = words.joined(separator: " ")
        return text.prefix(1).uppercased() + text.dropFirst()
    }

    private static let abbreviations = [
        "bgp": "BGP", "cfg": "configuration", "dns": "DNS", "e2": "E2", "ip": "IP", "ipam": "IPAM", "qos": "QoS", "vpn": "VPN",
    ]
}

extension ModelFile {
    /// The page about the file.
    var pagePath: String { "\(name).md" }
}

extension ReferenceRelation {
    /// Tells declarations apart: one statement of the schema may give a reference to every object.
    struct PlaceOfDeclaration: Hashable {
        let file: String
        let offset: Int
        let target: String
    }

    var placeOfDeclaration: PlaceOfDeclaration { PlaceOfDeclaration(file: location.file.path, offset: location.offset, target: to) }
}
