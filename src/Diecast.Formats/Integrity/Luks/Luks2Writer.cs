using System.Buffers.Binary;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Diecast.Formats.Blobs;
using Diecast.Formats.Native;

namespace Diecast.Formats.Integrity;

/// <summary>Makes headers and slots.</summary>
internal sealed class Luks2Writer
{
    private const string SlotHash = "sha256";
    private const string DigestHash = "sha256";
    private const int SaltSize = 32;

    private readonly Luks2Options _options;
    private readonly byte[] _volumeKey;
    private readonly Guid _uuid;

    internal Luks2Writer(Luks2Options options)
    {
        _options = options;
        _volumeKey = options.VolumeKey.IsEmpty ? RandomNumberGenerator.GetBytes(Luks2Options.VolumeKeySize) : options.VolumeKey.ToArray();
        _uuid = options.Uuid ?? MakeUuid();
    }

    internal Blob Write(Blob data)
    {
        var device = new BlobBuilder();
        var slots = new List<Luks2JsonSlot>();
        for (int i = 0; i < _options.Slots.Count; i++)
        {
            var slot = new Luks2JsonSlot(_options.Slots[i].Kdf, Derive($"salt of slot {i}", SaltSize), _options.SlotsOffset + (i * Luks2Options.SlotSize));
            slots.Add(slot);
            device.Add(slot.Offset, MakeArea(i, slot));
        }

        byte[] digestSalt = Derive("salt of digest", SaltSize);
        byte[] digest = Rfc2898DeriveBytes.Pbkdf2(_volumeKey, digestSalt, Luks2Kdf.LeastIterations, HashAlgorithmName.SHA256, SHA256.HashSizeInBytes);
        byte[] json = Luks2Json.Make(_options, slots, SlotHash, DigestHash, digestSalt, digest);
        if (json.Length >= _options.HeaderSize - Luks2Layout.BinarySize)
            throw new UnreachableException(FormattableString.Invariant($"the description of {slots.Count} key slots takes {json.Length} bytes"));
        device.Add(0, MakeHeader(json, Luks2Layout.PrimaryMagic, 0, "salt of first header"));
        device.Add(_options.HeaderSize, MakeHeader(json, Luks2Layout.SecondaryMagic, _options.HeaderSize, "salt of second header"));
        device.Add(_options.DataOffset, new SectorCipherBlob(data, new AesXts(_volumeKey, encrypts: true), _options.SectorSize, 0));
        CryptographicOperations.ZeroMemory(_volumeKey);
        return device.ToBlob(_options.Length ?? _options.DataOffset + data.Length);
    }

    /// <summary>The volume key in stripes, encrypted by the slot's key.</summary>
    private byte[] MakeArea(int number, Luks2JsonSlot slot)
    {
        byte[] stripes = new byte[AntiForensic.Length(_volumeKey.Length, AntiForensic.Stripes)];
        Fill($"stripes of slot {number}", stripes);
        AntiForensic.Split(_volumeKey, stripes, HashAlgorithmName.SHA256);
        byte[] key = slot.Kdf.Derive(_options.Slots[number].Key.Span, slot.Salt, Luks2Options.VolumeKeySize);
        new AesXts(key, encrypts: true).Transform(stripes, Luks2Layout.SectorSize, 0);
        CryptographicOperations.ZeroMemory(key);
        return stripes;
    }

    private byte[] MakeHeader(byte[] json, ReadOnlySpan<byte> magic, long offset, string saltRole)
    {
        byte[] header = new byte[_options.HeaderSize];
        Span<byte> fields = header;
        magic.CopyTo(fields[Luks2Layout.MagicAt..]);
        BinaryPrimitives.WriteUInt16BigEndian(fields[Luks2Layout.VersionAt..], Luks2Layout.Version);
        BinaryPrimitives.WriteInt64BigEndian(fields[Luks2Layout.HeaderSizeAt..], header.Length);
        // cryptsetup begins at 1 and counts each write: that of the format, and one for each slot.
        BinaryPrimitives.WriteInt64BigEndian(fields[Luks2Layout.SequenceAt..], 2 + _options.Slots.Count);
        _ = Encoding.UTF8.GetBytes(_options.Label, fields[Luks2Layout.LabelAt..]);
        _ = Encoding.ASCII.GetBytes(DigestHash, fields[Luks2Layout.ChecksumAlgorithmAt..]);
        Fill(saltRole, fields.Slice(Luks2Layout.SaltAt, Luks2Layout.SaltSize));
        _ = Encoding.ASCII.GetBytes(_uuid.ToString(), fields[Luks2Layout.UuidAt..]);
        _ = Encoding.UTF8.GetBytes(_options.Subsystem, fields[Luks2Layout.SubsystemAt..]);
        BinaryPrimitives.WriteInt64BigEndian(fields[Luks2Layout.HeaderOffsetAt..], offset);
        json.CopyTo(fields[Luks2Layout.BinarySize..]);
        Luks2Layout.Seal(header);
        return header;
    }

    private Guid MakeUuid()
    {
        byte[] bytes = new byte[16];
        HKDF.Expand(HashAlgorithmName.SHA512, _volumeKey, bytes, "diecast luks2 uuid"u8);
        // Version 4, of the usual variant (RFC 9562).
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    private byte[] Derive(string role, int length)
    {
        byte[] bytes = new byte[length];
        Fill(role, bytes);
        return bytes;
    }

    /// <summary>Bytes that stand for random ones: made from the volume key, of which they tell nothing, and the UUID.</summary>
    private void Fill(string role, Span<byte> bytes)
    {
        // HKDF gives up to 255 digests, and stripes are longer, so that each piece is numbered.
        const int PieceSize = 255 * 64;
        for (int number = 0; bytes.Length > 0; number++)
        {
            int count = Math.Min(PieceSize, bytes.Length);
            byte[] info = Encoding.ASCII.GetBytes(FormattableString.Invariant($"diecast luks2 {_uuid} {role} {number}"));
            HKDF.Expand(HashAlgorithmName.SHA512, _volumeKey, bytes[..count], info);
            bytes = bytes[count..];
        }
    }
}
