// How to use the API, whatever the object. The only page whose prose is not the schema's.

struct ManualGuide {
    let plan: ManualPlan

    /// The heading that pages of list and map properties link to.
    static let elementsAnchor = "elements-of-lists-and-maps"

    func file() -> OutputFile {
        var page = ManualPrinter(page: ManualPlan.guidePage, plan: plan)
        page.line("\(page.link("Manual", to: ManualPlan.indexPage)) › Using the API")
        page.heading(1, "Using the API")
        page.blank()
        page.raw(Text(Self.text))
        return page.file
    }

    private static let text = #"""
        The server speaks HTTP and JSON, on port 8082 unless it was told otherwise. Clients in Python and Swift cover all of it; this page
        says what they do, for those who use `curl` or write a client of their own.

        ## Addresses and envelopes

        Each type has two addresses: its plural lists and creates, its name followed by a UUID is one object. The plural is always the
        name with an `s`, even in `/network-policys`.

        | Request | Meaning | Reply |
        | --- | --- | --- |
        | `GET /virtual-networks` | list | `{"virtual-networks": […]}` |
        | `POST /virtual-networks` | create | `{"virtual-network": {"uuid": …, "fq_name": …, "href": …}}` |
        | `GET /virtual-network/{uuid}` | read | `{"virtual-network": {…}}` |
        | `PUT /virtual-network/{uuid}` | update | `{"virtual-network": {"uuid": …, "href": …}}` |
        | `DELETE /virtual-network/{uuid}` | delete | nothing |

        Requests have the same envelope as replies: `{"virtual-network": {…}}`. `GET /` lists the addresses of everything, and an
        OpenAPI document describes them all.

        ## Names

        An object has a UUID and a fully qualified name, the names on the way from the root of the tree down to it:
        `["default-domain", "admin", "blue"]`. Both stay the same for its whole life; `display_name` may change. Where a name is
        text, its elements are joined by colons, so the last element must not contain one.

        ```sh
        curl -H 'Content-Type: application/json' http://localhost:8082/fqname-to-id \
            -d '{"type": "virtual-network", "fq_name": ["default-domain", "admin", "blue"]}'
        ```

        answers `{"uuid": …}`; `/id-to-fqname` takes `{"uuid": …}` and answers name and type.

        ## Create

        Only `fq_name` is needed, and `parent_type` where a type can live in more than one kind of parent. The parent is found by
        the name without its last element and must exist. `uuid` may be chosen by the client.

        What an object is *meant* to have is marked *required* in this manual. The server does not insist on it: an object may be
        made in steps.

        ## Read

        A reply has the properties that are set, references, children and the objects that refer to this one. The latter two can be
        long; leave them out with `?exclude_back_refs=true&exclude_children=true`, or name what you want: `?fields=mtu,network_ipam_refs`.

        The reply carries an `ETag`. Send it back as `If-None-Match`, and the answer is 304 and no body while it would be the same, with
        the same children and the same objects that refer to this one. Send it as `If-Match` with a change, and the change is refused with
        412 if somebody else changed the object in between; what was attached to it meanwhile does not count.

        Any change can be tried first: `?dry_run=true` makes all checks and answers as if, and changes nothing.

        ## Update

        A property that is present replaces the stored one as a whole, `null` removes it, and one that is absent stays. So does a list of
        references: what is sent replaces all references of that kind. To add or remove a single one, use
        [`/ref-update`](#references).

        Of `id_perms` only `enable` and `description` can be written. `perms2`, when present, must name an `owner`.

        ## Delete

        An object that still has children, or that others refer to, is not deleted; the error lists them. Children that the system made do
        not count and go with their parent, and weak references do not keep their target.

        ## Lists

        | Parameter | Meaning |
        | --- | --- |
        | `parent_id`, `back_ref_id`, `obj_uuids` | only children of, referrers to, or exactly these UUIDs, separated by commas |
        | `parent_fq_name_str` | only children of the object with this name, joined by colons; with `parent_type` where there is a choice |
        | `fq_names` | only these names, joined by colons, separated by commas |
        | `filters` | only objects with these values: `display_name=="blue"`, values in JSON, separated by commas; the same name twice means either, different names mean both |
        | `detail=true` | whole objects, each in its envelope, without children and referrers |
        | `fields` | these members besides `uuid`, `fq_name` and `href` |
        | `count=true` | only how many there are: `{"virtual-networks": {"count": 7}}` |
        | `page_limit`, `page_marker` | a page at a time: the reply has `marker`, to be sent as `page_marker` for the next page; null ends the list |

        `POST /list-bulk-collection` takes the same parameters as a JSON object, with the `type` added, where an address would be too long.

        ## References

        A reference names its target by `to` (a fully qualified name) or `uuid`, and may carry data in `attr`:

        ```json
        {"network_ipam_refs": [{"to": ["default-domain", "default-project", "default-network-ipam"], "attr": {"ipam_subnets": []}}]}
        ```

        The target shows the other end as a back reference, `virtual_network_back_refs`. Single references are added and removed with

        ```sh
        curl -H 'Content-Type: application/json' http://localhost:8082/ref-update -d '{
            "type": "virtual-network", "uuid": "…", "operation": "ADD",
            "ref-type": "network-policy", "ref-fq-name": ["default-domain", "admin", "web"],
            "attr": {"sequence": {"major": 0, "minor": 0}}}'
        ```

        and `"operation": "DELETE"`.

        ## Elements of lists and maps

        Some properties are lists or maps whose elements can be changed without sending the whole property, so that two clients do
        not undo each other's work. Their pages say so.

        ```sh
        curl -H 'Content-Type: application/json' http://localhost:8082/prop-collection-update -d '{
            "uuid": "…", "updates": [
                {"field": "annotations", "operation": "set", "position": "owner", "value": {"key": "owner", "value": "web team"}}]}'
        curl 'http://localhost:8082/prop-collection-get?uuid=…&fields=annotations'
        ```

        Maps take `set` and `delete` with the key as position. Lists take `add`, `modify` and `delete`; the reply of
        `prop-collection-get` shows the position of each element.

        ## Values

        - Integers may be sent as strings of digits; replies have numbers.
        - Booleans are `true` and `false`, never strings.
        - Times are ISO 8601 in UTC without a zone: `2025-01-31T12:00:00.000000`.
        - 0 and the empty string are accepted whatever the range, pattern or list of values says, as the older platform did.
        - A member that a structured type does not have is an error. One that an object does not have is ignored, with a `Warning` header.

        ## Errors

        The body of an error is a sentence in plain text that says what is wrong, where, and if possible how to mend it.

        | Status | Meaning |
        | --- | --- |
        | 400 | the request cannot be understood or breaks a rule |
        | 401, 403 | a token is needed; the caller may not do this |
        | 404 | no such object |
        | 409 | a name, UUID or address is in use, or children or references are left |
        | 412 | a quota would be exceeded |
        | 413, 414 | the body or the address is too long |
        | 503 | the server is starting or cannot reach its store; try again |

        """#
}
