using Diecast.Formats.Blobs;
using Diecast.Formats.Integrity;

namespace Diecast.Formats.Inspection;

/// <summary>Asks the readers of what protects other data: encryption, hash trees and their signatures.</summary>
internal static class ProtectionProbe
{
    internal static FoundContent? Find(Blob content)
    {
        if (Mark.Is(content, 0, Luks2Layout.PrimaryMagic) || HasSecondHeader(content))
            return Try(content, () => Luks(Luks2.ReadInfo(content)));
        if (Mark.Is(content, 0, DmVeritySuperblockLayout.Signature))
            return Try(content, () => Verity(DmVerity.ReadSuperblock(content)));
        return Mark.Is(content, 0, "{"u8) ? Try(content, () => Signature(VeritySignature.Read(content))) : null;
    }

    /// <summary>Where the first header is gone the second one opens the device.</summary>
    private static bool HasSecondHeader(Blob content)
    {
        for (long offset = Luks2Layout.LeastHeaderSize; offset <= Luks2Layout.MostHeaderSize; offset *= 2)
        {
            if (Mark.Is(content, offset, Luks2Layout.SecondaryMagic))
                return true;
        }

        return false;
    }

    private static FoundContent Luks(Luks2Info info)
    {
        var facts = new List<ContentFact>
        {
            new("cipher", info.Encryption),
            new("sector", Bytes(info.SectorSize)),
            new("data at", Bytes(info.DataOffset)),
        };
        if (info.Integrity is not null)
            facts.Add(new("integrity", info.Integrity));
        foreach (Luks2SlotInfo slot in info.Slots)
            facts.Add(new(FormattableString.Invariant($"key slot {slot.Number}"), Text(slot)));
        foreach ((string name, IReadOnlyList<string> values) in ((string, IReadOnlyList<string>)[])[("tokens", info.Tokens), ("flags", info.Flags), ("requires", info.Requirements)])
        {
            if (values.Count > 0)
                facts.Add(new(name, string.Join(", ", values)));
        }

        return new FoundContent
        {
            Type = "crypto_LUKS",
            Version = "2",
            Label = Mark.Text(info.Label),
            Id = Mark.Text(info.Uuid),
            IsClean = info.IsClean,
            Facts = Shown(facts),
        };
    }

    private static string Text(Luks2SlotInfo slot) => slot switch
    {
        { Kdf: null } => slot.Type,
        { Kdf: { Type: Luks2KdfType.Pbkdf2 } kdf } => FormattableString.Invariant($"{kdf.Name}, {kdf.Hash}, {kdf.Iterations} iterations"),
        { Kdf: { } kdf } => FormattableString.Invariant($"{kdf.Name}, {kdf.Iterations} passes over {kdf.MemoryKib} KiB, {kdf.Lanes} lanes"),
    };

    private static FoundContent Verity(DmVeritySuperblock superblock)
    {
        DmVerityOptions options = superblock.ToOptions(0);
        return new FoundContent
        {
            Type = "DM_verity_hash",
            Version = "1",
            Id = superblock.Uuid == Guid.Empty ? null : superblock.Uuid.ToString(),
            Length = DmVerity.HashLength(superblock.DataLength, options),
            Facts = Shown(
            [
                new("hash", FormattableString.Invariant($"{DmVeritySuperblockLayout.NameOf(superblock.Algorithm)}, type {(int)superblock.HashType}")),
                new("data", FormattableString.Invariant($"{superblock.DataBlocks} blocks of {superblock.DataBlockSize} bytes")),
                new("hash block", Bytes(superblock.HashBlockSize)),
                new("salt", superblock.Salt.IsEmpty ? "none" : Convert.ToHexStringLower(superblock.Salt.Span)),
            ]),
        };
    }

    private static FoundContent Signature(VeritySignatureInfo info) => new()
    {
        Type = "verity_signature",
        Facts =
        [
            new("root hash", Convert.ToHexStringLower(info.RootHash.Span)),
            new("certificate", info.CertificateFingerprint.IsEmpty ? "not named" : Convert.ToHexStringLower(info.CertificateFingerprint.Span)),
        ],
    };

    private static string Bytes(long count) => FormattableString.Invariant($"{count} bytes");

    /// <summary>Without what would disturb a terminal.</summary>
    private static IReadOnlyList<ContentFact> Shown(IEnumerable<ContentFact> facts) =>
        [.. facts.Select(fact => fact with { Value = Mark.Text(fact.Value) ?? "" })];

    /// <summary>A mark without the rest is a damaged one; a brace alone is nothing.</summary>
    private static FoundContent? Try(Blob content, Func<FoundContent> read)
    {
        try
        {
            return read();
        }
        catch (InvalidImageException)
        {
            FoundContent? marked = ContentMarks.Find(content);
            // LUKS 1 has no second header, nor a checksum.
            return marked is null or { Type: "crypto_LUKS", Version: "1" } ? marked : marked with { IsClean = false };
        }
    }
}
