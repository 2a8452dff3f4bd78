using Diecast.Formats;
using Diecast.Formats.Blobs;
using Diecast.Formats.Integrity;
using Diecast.Formats.Partitioning;
using Diecast.Planning;

namespace Diecast.Building;

/// <summary>Encrypts partitions with the keys that the definition names.</summary>
internal sealed class Encryption(Definition definition, IdSource ids)
{
    private const int LongestKey = 8 << 20;
    private const int WholeSector = 4096;
    private const int LeastSector = 512;

    /// <summary>Encrypts what is in a partition.</summary>
    /// <param name="index">Its place in the table, from 0.</param>
    /// <param name="content">What is in it.</param>
    /// <param name="length">Bytes of the partition.</param>
    /// <exception cref="BuildException">A key file is not as it must be.</exception>
    internal Blob Encrypt(int index, Blob content, long length)
    {
        PartitionEncryption declared = definition.Image.Partitions[index].Encrypt!;
        byte[] key = ReadKey(definition, declared.KeyFile);
        if (key.Length == 0)
            throw new BuildException($"the key file {declared.KeyFile} is empty", "put a key or a passphrase into it");
        bool isTyped = definition.Image.Partitions[index] is { MountPoint: "/" } && !declared.KeyInInitrd;
        if (isTyped && Array.Exists(key, letter => letter is (byte)'\n' or (byte)'\r' or 0))
        {
            throw new BuildException(
                $"the key file {declared.KeyFile} holds the end of a line or NUL, and the root's passphrase is typed in one line",
                "write it without (printf %s PASSPHRASE), or have the key in the initial RAM disk with keyInInitrd: yes");
        }
        byte[] volumeKey = declared.VolumeKey is { } path ? ReadKey(definition, path) : [];
        if (declared.VolumeKey is not null && volumeKey.Length != Luks2Options.VolumeKeySize)
        {
            throw new BuildException(
                $"the volume key {declared.VolumeKey} has {volumeKey.Length} bytes, and a volume key has {Luks2Options.VolumeKeySize}",
                $"head -c {Luks2Options.VolumeKeySize} /dev/urandom makes one");
        }

        int sector = length % WholeSector == 0 ? WholeSector : LeastSector;
        return Luks2.Encrypt(Blob.Concat(content, Blob.Zeros(-content.Length & (sector - 1))), new Luks2Options
        {
            Slots = [new Luks2Slot(key) { Kdf = KdfOf(declared.Kdf) }],
            VolumeKey = volumeKey,
            SectorSize = sector,
            Length = length,
            Uuid = SeedUuids.Luks(ids.Partition(index)),
            Label = declared.Label ?? "",
            AllowDiscards = declared.Discard,
        });
    }

    private static Luks2Kdf KdfOf(KeyDerivation kdf) => kdf switch
    {
        KeyDerivation.Pbkdf2 => Luks2Kdf.Pbkdf2(hash: "sha512"),
        KeyDerivation.Minimal => Luks2Kdf.Minimal,
        _ => Luks2Kdf.Default,
    };

    /// <summary>The bytes of a key file.</summary>
    /// <exception cref="BuildException">It is too large to be one.</exception>
    internal static byte[] ReadKey(Definition definition, string path)
    {
        string full = Path.Combine(definition.Directory, path);
        return new FileInfo(full).Length <= LongestKey
            ? File.ReadAllBytes(full)
            : throw new BuildException($"the key file {path} has more than {new ByteSize(LongestKey)}", "name a file with a key");
    }
}
