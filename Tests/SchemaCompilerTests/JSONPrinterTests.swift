// The printer of JSON documents: layout and escapes.

import Testing

@testable import SchemaCompiler

struct JSONPrinterTests {
    private func printed(_ body: (inout JSONPrinter) -> Void) -> String {
        var printer = JSONPrinter()
        body(&printer)
        return String(decoding: printer.finish(), as: UTF8.self)
    }

    @Test func containersAreOpenOrInline() {
        let text = printed { printer in
            printer.object { printer in
                printer.member("name", "blue")
                printer.member("tags", ["a", "b"])
                printer.object("empty") { _ in }
                printer.array("list") { printer in
                    printer.value(1)
                    printer.object(inline: true) { printer in
                        printer.member("flag", true)
                        printer.object("inner") { $0.member("x", -1) }
                    }
                    printer.null()
                }
                printer.key("big")
                printer.literal("18446744073709551615")
            }
        }
        #expect(
            text == """
                {
                  "name": "blue",
                  "tags": ["a", "b"],
                  "empty": {},
                  "list": [
                    1,
                    {"flag": true, "inner": {"x": -1}},
                    null
                  ],
                  "big": 18446744073709551615
                }

                """)
    }

    @Test(arguments: [
        ("plain", #""plain""#), ("", #""""#), ("say \"no\"", #""say \"no\"""#), ("a\\b", #""a\\b""#), ("1\n2\r3\t4", #""1\n2\r3\t4""#),
        ("\u{0}\u{1F}\u{7F}", "\"\\u0000\\u001f\u{7F}\""), ("ünïcode 🌐 / x", "\"ünïcode 🌐 / x\""),
    ])
    func stringsAreEscaped(text: String, expected: String) {
        #expect(printed { $0.value(text) } == expected + "\n")
    }
}
