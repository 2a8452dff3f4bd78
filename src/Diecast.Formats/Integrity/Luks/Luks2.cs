using System.Security.Cryptography;
using System.Text;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Integrity;

/// <summary>
/// LUKS2, the encrypted devices of Linux (LUKS2 On-Disk Format Specification 1.1.3), made and opened without the kernel.
/// </summary>
public static class Luks2
{
    /// <summary>
    /// Bytes that systemd-repart takes of a partition: those before the data, and as many behind it, which its way of
    /// encrypting needs; a file system that it makes is smaller by so much.
    /// </summary>
    public const long RepartReservedLength = 2 * Luks2Options.UsualDataOffset;

    /// <summary>Encrypts a device: AES-256 in XTS mode, sectors numbered by <c>plain64</c>.</summary>
    /// <remarks>
    /// The keys of the slots are derived here, which takes what <see cref="Luks2Slot.Kdf"/> costs; the data is encrypted as the
    /// result is read, on all cores. Holes of the data are ciphertext in the result.
    /// </remarks>
    /// <param name="data">What is encrypted: a multiple of the sector, and not empty.</param>
    /// <param name="options">Slots, layout and names.</param>
    /// <returns>The device: headers, key slots and encrypted data.</returns>
    /// <exception cref="UnrepresentableException">An option is out of range, or the data are no whole sectors.</exception>
    /// <exception cref="DoesNotFitException">The length asked for has no room for the data.</exception>
    /// <exception cref="Compression.MissingLibraryException">libcrypto, or libargon2 where a slot needs it, is not installed.</exception>
    /// <exception cref="CryptographicException">Argon2 gets no memory.</exception>
    public static Blob Encrypt(Blob data, Luks2Options options)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        options.Check(data);
        return new Luks2Writer(options).Write(data);
    }

    /// <summary>Opens a device by a passphrase.</summary>
    /// <param name="device">The device.</param>
    /// <param name="passphrase">The passphrase, whose UTF-8 counts.</param>
    /// <returns>The data, decrypted as it is read.</returns>
    /// <exception cref="InvalidImageException">It is no LUKS2, damaged, of a kind that is not supported, or asks for too much.</exception>
    /// <exception cref="CryptographicException">No key slot opens with the passphrase.</exception>
    /// <exception cref="Compression.MissingLibraryException">libcrypto, or libargon2 where a slot needs it, is not installed.</exception>
    /// <exception cref="IOException">The device cannot be read.</exception>
    public static Blob Open(Blob device, string passphrase) => Open(device, Encoding.UTF8.GetBytes(passphrase));

    /// <summary>Opens a device by a passphrase or the content of a key file.</summary>
    /// <param name="device">The device.</param>
    /// <param name="key">The bytes, all of which count.</param>
    /// <param name="options">Slot and limits; null for the defaults.</param>
    /// <returns>The data, decrypted as it is read.</returns>
    /// <exception cref="InvalidImageException">It is no LUKS2, damaged, of a kind that is not supported, or asks for too much.</exception>
    /// <exception cref="CryptographicException">No key slot opens with the key.</exception>
    /// <exception cref="Compression.MissingLibraryException">libcrypto, or libargon2 where a slot needs it, is not installed.</exception>
    /// <exception cref="IOException">The device cannot be read.</exception>
    public static Blob Open(Blob device, ReadOnlyMemory<byte> key, Luks2OpenOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(device);
        return new Luks2Reader(device, Luks2Header.Read(device), options ?? new Luks2OpenOptions()).Open(key.Span);
    }

    /// <summary>Opens a device by its volume key.</summary>
    /// <param name="device">The device.</param>
    /// <param name="volumeKey">The volume key.</param>
    /// <param name="options">Limits; null for the defaults.</param>
    /// <returns>The data, decrypted as it is read.</returns>
    /// <exception cref="InvalidImageException">It is no LUKS2, damaged, of a kind that is not supported, or asks for too much.</exception>
    /// <exception cref="CryptographicException">It is another key.</exception>
    /// <exception cref="Compression.MissingLibraryException">libcrypto is not installed.</exception>
    /// <exception cref="IOException">The device cannot be read.</exception>
    public static Blob OpenByVolumeKey(Blob device, ReadOnlyMemory<byte> volumeKey, Luks2OpenOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(device);
        return new Luks2Reader(device, Luks2Header.Read(device), options ?? new Luks2OpenOptions()).OpenByVolumeKey(volumeKey.Span);
    }

    /// <summary>Reads what the headers say; nothing is decrypted.</summary>
    /// <param name="device">The device.</param>
    /// <exception cref="InvalidImageException">It is no LUKS2, or both headers are damaged.</exception>
    /// <exception cref="IOException">The device cannot be read.</exception>
    public static Luks2Info ReadInfo(Blob device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return Luks2Header.Read(device).Describe();
    }

    /// <summary>The key in a key file, as cryptsetup's <c>--keyfile-offset</c> and <c>--keyfile-size</c> take it.</summary>
    /// <param name="file">The file.</param>
    /// <param name="offset">Bytes that are left out before it.</param>
    /// <param name="length">Bytes of the key; null for all that follow.</param>
    /// <exception cref="ArgumentOutOfRangeException">The file has no such range, or it is longer than 8 MiB.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static byte[] ReadKeyFile(Blob file, long offset = 0, long? length = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        Blob key = length is { } count ? file.Slice(offset, count) : file.Slice(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(key.Length, Luks2Slot.MostKeyBytes, nameof(length));
        return key.ToArray();
    }
}
