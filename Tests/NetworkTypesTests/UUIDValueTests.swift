// UUIDs: spellings, bytes, random ones.

import NetworkTypes
import Testing

@Suite struct UUIDValueTests {
    @Test(arguments: [
        "6ba7b810-9dad-41d1-80b4-00c04fd430c8", "6BA7B810-9DAD-41D1-80B4-00C04FD430C8", "6ba7b8109dad41d180b400c04fd430c8",
    ])
    func readsAndWrites(text: String) throws {
        let uuid = try UUIDValue(parsing: text)
        #expect(uuid.description == "6ba7b810-9dad-41d1-80b4-00c04fd430c8")
        #expect(uuid.high == 0x6BA7_B810_9DAD_41D1)
        #expect(uuid.low == 0x80B4_00C0_4FD4_30C8)
        #expect(uuid.bytes.prefix(3) == [0x6B, 0xA7, 0xB8])
        #expect(uuid.version == 4)
        try expectTextSurvives(uuid)
        expectBytesSurvive(uuid)
    }

    @Test(arguments: [
        "", "6ba7b810", "6ba7b810-9dad-41d1-80b4-00c04fd430c", "6ba7b810-9dad-41d1-80b4-00c04fd430c88",
        "6ba7b810-9dad-41d1-80b400c0-4fd430c8",
        "6ba7b8109dad-41d1-80b4-00c04fd430c8", "{6ba7b810-9dad-41d1-80b4-00c04fd430c8}", "urn:uuid:6ba7b810-9dad-41d1-80b4-00c04fd430c8",
        "6ba7b810-9dad-41d1-80b4-00c04fd430cg", "6ba7b8109dad41d180b400c04fd430c", "6ba7b8109dad41d180b400c04fd430c8f",
        " 6ba7b810-9dad-41d1-80b4-00c04fd430c8",
        "------------------------------------", "6ba7b810_9dad_41d1_80b4_00c04fd430c8", "6ba7b810-9dad-41d1-80b4-00c04fd430é",
    ])
    func refuses(text: String) { refusal(of: text, as: UUIDValue.self) }

    @Test func saysWhatIsWrong() {
        #expect(refusal(of: "6ba7b810-9dad", as: UUIDValue.self)?.problem == "it has 13 characters instead of 36")
        #expect(
            refusal(of: "6ba7b810-9dad-41d1-80b4-00c04fd430cg", as: UUIDValue.self)?.problem
                == "\"g\" at position 36 is not a hexadecimal digit")
    }

    @Test func randomOnesAreVersionFourAndDiffer() throws {
        var generator = SeededGenerator(seed: 17)
        var seen: Set<UUIDValue> = []
        for _ in 0..<2_000 {
            let uuid = UUIDValue.random(using: &generator)
            #expect(uuid.version == 4)
            #expect(uuid.low >> 62 == 0b10)
            seen.insert(uuid)
            try expectTextSurvives(uuid)
        }
        #expect(seen.count == 2_000)
        var again = SeededGenerator(seed: 17)
        #expect(seen.contains(.random(using: &again)))
    }

    @Test func ordersByBytes() {
        let sorted = [UUIDValue.zero, UUIDValue(high: 0, low: 1), UUIDValue(high: 1, low: 0), UUIDValue(high: .max, low: 0)]
        #expect(sorted.reversed().sorted() == sorted)
    }

    @Test func mutationsEndInAnAnswer() throws {
        let texts = ["6ba7b810-9dad-41d1-80b4-00c04fd430c8", "6ba7b8109dad41d180b400c04fd430c8"]
        try expectMutationsEndInAnAnswer(of: texts, as: UUIDValue.self, seed: 18)
    }
}
