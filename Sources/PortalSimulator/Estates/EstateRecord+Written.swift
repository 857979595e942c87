import JSON

extension EstateRecord {
    /// An estate in the portal's own words; the court is chosen by a number.
    static func write(id: String, cpr: String?, name: String, court: Int?, dateOfDeath: String) -> [UInt8] {
        let courts = ["København", "Glostrup", "Aarhus", "Odense", "Aalborg", "Roskilde", "Kolding", "Viborg"]
        let index = (court ?? 0) % courts.count
        return JSONWriter.object { json in
            json.field("doedsbojournalId", id)
            json.object("afdoed") { json in
                json.field("navn", name)
                json.field("cprNummer", cpr)
                json.field("doedsdato", dateOfDeath)
                json.object("adresse") { json in
                    json.field("vejnavn", "Prøvevej")
                    json.field("husnummer", "1")
                    json.field("postnummer", "9999")
                    json.field("by", "Prøveby")
                }
            }
            json.object("retskreds") { json in
                json.field("kode", "\(101 + index)")
                json.field("navn", courts[index])
            }
            json.field("status", "aaben")
            json.field("behandlingsform", "privat skifte")
            json.object("proklama") { json in json.field("dato", "2026-02-02") }
            json.field("aendret", "2026-02-02T08:00:00.000Z")
        }
    }
}
