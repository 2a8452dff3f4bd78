using System.Globalization;
using System.Security.Cryptography;
using Diecast.Formats.Blobs;
using Diecast.Formats.Native;

namespace Diecast.Formats.Integrity;

/// <summary>Opens devices.</summary>
internal sealed class Luks2Reader
{
    /// <summary>Of Argon2 (RFC 9106, 3.1); cryptsetup's salts have 32 bytes.</summary>
    private const int LeastSaltSize = 8;

    private readonly Blob _device;
    private readonly Luks2Metadata _metadata;
    private readonly Luks2OpenOptions _options;
    private readonly Luks2Segment _segment;
    private readonly long _length;

    internal Luks2Reader(Blob device, Luks2Header header, Luks2OpenOptions options)
    {
        _device = device;
        _metadata = header.Metadata;
        _options = options;
        _segment = _metadata.Segments[0];
        if (_metadata.Requirements.Count > 0)
            throw Luks2Header.Invalid($"it requires {string.Join(", ", _metadata.Requirements)}, which is not supported");
        if (_metadata.Segments.Count > 1)
            throw Luks2Header.Invalid(FormattableString.Invariant($"it has {_metadata.Segments.Count} segments, as while it is encrypted anew; one is supported"));
        if (_segment.Type != "crypt")
            throw Luks2Header.Invalid($"its data is of the type '{_segment.Type}'; 'crypt' is supported");
        if (_segment.Integrity is not null)
            throw Luks2Header.Invalid($"its data has integrity protection, {_segment.Integrity}, which only the kernel's dm-integrity lays out");
        CheckCipher(_segment.Encryption);
        if (_segment.Offset > device.Length || _segment.Length > device.Length - _segment.Offset)
            throw Luks2Header.Invalid(FormattableString.Invariant($"its data lies at {_segment.Offset} with {_segment.Length} bytes; the device has {device.Length}"));
        _length = _segment.Length ?? device.Length - _segment.Offset;
        if (_length % _segment.SectorSize != 0)
            throw Luks2Header.Invalid(FormattableString.Invariant($"its data has {_length} bytes; the sectors have {_segment.SectorSize}"));
    }

    /// <summary>Tries the slots.</summary>
    internal Blob Open(ReadOnlySpan<byte> key)
    {
        InvalidImageException? damage = null;
        foreach (Luks2SlotMetadata slot in _metadata.Slots
            .Where(slot => slot.IsUsual && (_options.Slot is { } only ? slot.Number == only : slot.Priority > 0))
            .OrderByDescending(slot => slot.Priority).ThenBy(slot => slot.Number))
        {
            byte[]? volumeKey = null;
            try
            {
                volumeKey = TryOpen(slot, key);
            }
            catch (InvalidImageException exception)
            {
                // Another slot may open.
                damage ??= exception;
            }

            if (volumeKey is not null)
                return View(volumeKey);
        }

        throw damage ?? (Exception)new CryptographicException(
            _options.Slot is { } slotNumber ? FormattableString.Invariant($"luks2: key slot {slotNumber} does not open with this key") : "luks2: no key slot opens with this key");
    }

    internal Blob OpenByVolumeKey(ReadOnlySpan<byte> volumeKey)
    {
        byte[] copy = volumeKey.ToArray();
        return IsVolumeKey(copy, DigestsOf(null)) ? View(copy) : throw new CryptographicException("luks2: it is another volume key");
    }

    private SectorCipherBlob View(byte[] volumeKey)
    {
        if (volumeKey.Length is not (32 or 64))
            throw Luks2Header.Invalid(FormattableString.Invariant($"the volume key has {volumeKey.Length} bytes; AES-XTS has 32 or 64"));
        var cipher = new AesXts(volumeKey, encrypts: false);
        CryptographicOperations.ZeroMemory(volumeKey);
        return new SectorCipherBlob(_device.Slice(_segment.Offset, _length), cipher, _segment.SectorSize, _segment.FirstSector);
    }

    /// <summary>The volume key in a slot; null where the key does not open it.</summary>
    private byte[]? TryOpen(Luks2SlotMetadata slot, ReadOnlySpan<byte> key)
    {
        Luks2Kdf kdf = slot.Kdf ?? throw Luks2Header.Invalid(FormattableString.Invariant($"key slot {slot.Number} derives its key in a way that is not known"));
        CheckCost(slot.Number, kdf);
        if (slot.Salt.Length < LeastSaltSize)
            throw Luks2Header.Invalid(FormattableString.Invariant($"key slot {slot.Number} has a salt of {slot.Salt.Length} bytes"));
        CheckCipher(slot.AreaEncryption);
        if (slot.AreaKeySize is not (32 or 64))
            throw Luks2Header.Invalid(FormattableString.Invariant($"key slot {slot.Number} has a key of {slot.AreaKeySize} bytes; AES-XTS has 32 or 64"));
        HashAlgorithmName hash = Luks2Layout.HashOf(slot.SplitHash)
            ?? throw Luks2Header.Invalid(FormattableString.Invariant($"key slot {slot.Number} is split by a hash that is not known"));
        long length = Units.RoundUp(AntiForensic.Length(slot.KeySize, slot.Stripes), Luks2Layout.SectorSize);
        if (slot.AreaOffset > _device.Length || length > _device.Length - slot.AreaOffset)
            throw Luks2Header.Invalid(FormattableString.Invariant($"key slot {slot.Number} lies at {slot.AreaOffset}; the device has {_device.Length} bytes"));
        IReadOnlyList<Luks2Digest> digests = DigestsOf(slot);
        byte[] stripes = _device.Slice(slot.AreaOffset, length).ToArray();
        byte[] slotKey = kdf.Derive(key, slot.Salt, slot.AreaKeySize);
        new AesXts(slotKey, encrypts: false).Transform(stripes, Luks2Layout.SectorSize, 0);
        CryptographicOperations.ZeroMemory(slotKey);
        byte[] volumeKey = AntiForensic.Merge(stripes.AsSpan(0, (int)AntiForensic.Length(slot.KeySize, slot.Stripes)), slot.KeySize, hash);
        CryptographicOperations.ZeroMemory(stripes);
        return IsVolumeKey(volumeKey, digests) ? volumeKey : null;
    }

    /// <summary>The digests of the segment's key, in a slot or in any.</summary>
    private List<Luks2Digest> DigestsOf(Luks2SlotMetadata? slot)
    {
        string segment = _segment.Number.ToString(CultureInfo.InvariantCulture);
        string? number = slot?.Number.ToString(CultureInfo.InvariantCulture);
        return [.. _metadata.Digests.Where(digest => digest.Segments.Contains(segment) && (number is null || digest.Slots.Contains(number)))];
    }

    private bool IsVolumeKey(byte[] volumeKey, IReadOnlyList<Luks2Digest> digests)
    {
        foreach (Luks2Digest digest in digests)
        {
            if (digest.Type != "pbkdf2" || Luks2Layout.HashOf(digest.Hash) is not { } hash)
                throw Luks2Header.Invalid("a digest is of a kind that is not known");
            if (digest.Iterations is 0 || digest.Iterations > _options.MaximumIterations)
                throw Luks2Header.Invalid(FormattableString.Invariant($"a digest asks for {digest.Iterations} iterations; {_options.MaximumIterations} are allowed"));
            if (digest.Value.Length < 20)
                throw Luks2Header.Invalid(FormattableString.Invariant($"a digest has {digest.Value.Length} bytes"));
            byte[] value = Rfc2898DeriveBytes.Pbkdf2(volumeKey, digest.Salt, digest.Iterations, hash, digest.Value.Length);
            if (CryptographicOperations.FixedTimeEquals(value, digest.Value))
                return true;
        }

        return false;
    }

    private void CheckCost(int number, Luks2Kdf kdf)
    {
        bool isPossible = kdf.Type == Luks2KdfType.Pbkdf2
            ? kdf.Iterations > 0 && kdf.Iterations <= _options.MaximumIterations
            : kdf.Iterations > 0 && kdf.Lanes is > 0 and <= 64 && kdf.MemoryKib >= 8 * kdf.Lanes
                && kdf.MemoryKib * 1024L <= _options.MaximumMemory && kdf.MemoryKib * 1024L <= _options.MaximumPassedMemory / kdf.Iterations;
        if (!isPossible)
        {
            throw Luks2Header.Invalid(FormattableString.Invariant(
                $"key slot {number} asks for {kdf.Name} with {kdf.Iterations} iterations, {kdf.MemoryKib} KiB and {kdf.Lanes} lanes, which is more than is allowed, or nothing"));
        }
    }

    private static void CheckCipher(string encryption)
    {
        if (encryption != Luks2Json.Cipher)
        {
            string shown = string.Concat(encryption.Select(c => char.IsControl(c) ? '?' : c));
            throw Luks2Header.Invalid($"the cipher '{shown}'; '{Luks2Json.Cipher}' is supported");
        }
    }
}
