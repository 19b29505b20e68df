/// Whether bytes are a recording of the form that their ending says: told by how each form begins, never by a name.
public enum VoiceFile {
    /// Each form that is taken, with the endings that it may have, the usual one first.
    private static let forms:
        [(endings: [String], type: String, begins: @Sendable ([UInt8]) -> Bool)] = [
            // RFC 3533
            (["ogg", "oga", "opus"], "audio/ogg", { $0.starts(with: Array("OggS".utf8)) }),
            // RIFF WAVE
            (
                ["wav"], "audio/wav",
                {
                    $0.starts(with: Array("RIFF".utf8))
                        && $0.dropFirst(8).starts(with: Array("WAVE".utf8))
                }
            ),
            // EBML, RFC 8794
            (["webm"], "audio/webm", { $0.starts(with: [0x1a, 0x45, 0xdf, 0xa3]) }),
            // ISO 14496-12: a file type box
            (["m4a"], "audio/mp4", { $0.dropFirst(4).starts(with: Array("ftyp".utf8)) }),
            // ID3, or the sync word of an MPEG audio frame of layer III
            (
                ["mp3"], "audio/mpeg",
                {
                    $0.starts(with: Array("ID3".utf8))
                        || $0.count > 1 && $0[0] == 0xff && $0[1] & 0xe6 == 0xe2
                }
            ),
        ]

    /// The usual ending of what bytes are; nil where they are no form that is taken.
    public static func ending(of bytes: [UInt8]) -> String? {
        forms.first { $0.begins(bytes) }?.endings.first
    }

    /// Whether bytes begin as a file of this ending does.
    static func fits(_ bytes: [UInt8], ending: String) -> Bool {
        forms.contains { $0.endings.contains(ending) && $0.begins(bytes) }
    }

    /// The media type of an ending, such as `audio/ogg`.
    static func type(of ending: String) -> String {
        forms.first { $0.endings.contains(ending) }?.type ?? "application/octet-stream"
    }
}
