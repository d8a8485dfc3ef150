// Spellings in Python. Classes, fields and methods are spelled as in the package that clients of the older platform use; where that
// would be a word that Python reserves, an underscore follows it.

extension Naming {
    /// The module for a schema file: `address-types` → `address_types`. Modules that are always made keep their names.
    public static func pythonModule(_ file: String) -> String {
        let name = jsonKey(file).lowercased()
        return pythonIndexModules.contains(name) ? name + "_schema" : pythonMember(name)
    }

    /// The class of a structured type, or the name of an enumeration: as in the schema, when Python can spell that.
    public static func pythonType(_ noun: String) -> String {
        noun.utf8.contains(UInt8(ascii: "-")) ? pythonClass(noun) : noun
    }

    /// `ip-prefix` → `ip_prefix`: members and parts of method names.
    public static func pythonMember(_ noun: String) -> String {
        let name = jsonKey(noun)
        return pythonReserved.contains(name) ? name + "_" : name
    }

    /// A field of an object. Names that mean something to every object are not free.
    public static func pythonField(_ noun: String) -> String {
        let name = pythonMember(noun)
        return pythonObjectMembers.contains(name) ? name + "_" : name
    }

    static let pythonIndexModules: Set<String> = [
        "config_object", "resource_client", "resource_common", "resource_xsd", "vnc_api_client_gen",
    ]

    /// Names that generated modules import or define beside what the schema declares.
    static let pythonClaimed: Set<String> = [
        "Any", "BackReferences", "Children", "ConfigObject", "Create", "DefaultId", "Delete", "InitVar", "ListObjects", "Literal",
        "Property",
        "Read", "ReadDraft", "Reference", "References", "Resource", "ResourceOperations", "Sequence", "StructuredType", "TYPE_CHECKING",
        "Target", "Update", "VncApi",
    ]

    /// What every object has, as an attribute or, after `get_` or `set_`, as a method.
    private static let pythonObjectMembers: Set<String> = [
        "dump", "field_to_json", "fq_name_str", "from_dict", "from_server", "object_type", "parent_fq_name", "parent_fq_name_str",
        "parent_name", "parent_obj", "parent_types", "pending_updates", "ref_updates", "resource_type", "serialize_to_json", "server_conn",
        "to_json", "type",
    ]

    /// Words of the language, names that annotations need inside a class, and members of every structure.
    private static let pythonReserved: Set<String> = [
        "attr_field_type_vals", "attr_fields", "bool", "copy", "exportDict", "factory", "from_dict", "int", "list", "params_dict", "self",
        "str",
        "to_json",
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else",
        "except",
        "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try",
        "while", "with", "yield",
    ]
}
