namespace Diecast;

/// <summary>What a partition is to dm-verity.</summary>
public enum VerityRole
{
    /// <summary>It holds the file system that is protected.</summary>
    Data,

    /// <summary>It holds the tree of hashes.</summary>
    Hash,

    /// <summary>It holds the signature of the root hash.</summary>
    Signature,
}

/// <summary>
/// A partition's part in the protection of a file system by dm-verity: every block is compared with a tree of hashes as it is
/// read, and the root hash is in the kernel's command line. Data and hash partitions get halves of the root hash as their
/// UUIDs, by which they are found.
/// </summary>
public sealed record PartitionVerity
{
    /// <summary>Which part it is.</summary>
    public required VerityRole Role { get; init; }

    /// <summary>The name that the data, the hashes and the signature of one file system have in common. Default: root.</summary>
    public string Match { get; init; } = "root";

    /// <summary>Data: bytes in a block that is hashed, a power of two from 512 to 4096. Default: 4096.</summary>
    public int DataBlockSize { get; init; } = 4096;

    /// <summary>Data: bytes in a block of hashes, a power of two from 512 to 4096. Default: 4096.</summary>
    public int HashBlockSize { get; init; } = 4096;
}

/// <summary>A key that something is signed with, and the certificate that tells who did.</summary>
public sealed record SigningKey
{
    /// <summary>The certificate: a PEM file, relative to the definition.</summary>
    public required string Certificate { get; init; }

    /// <summary>The private key: a PEM file without a passphrase, relative to the definition. Default: none, a command signs.</summary>
    public string? Key { get; init; }

    /// <summary>
    /// A program with its arguments that signs in place of a key, for one that does not leave its device: it reads a SHA-256 digest
    /// of 32 bytes from standard input and writes the signature to standard output, as
    /// <c>openssl pkeyutl -sign -pkeyopt digest:sha256</c> does. Default: none.
    /// </summary>
    public ValueList<string> Command { get; init; } = [];
}

/// <summary>What the root or a mount is found by.</summary>
public enum MountKey
{
    /// <summary>The UUID of its file system, or of the partition where the file system has none.</summary>
    Uuid,

    /// <summary>The partition's name in a GPT, which stays when an update brings other UUIDs.</summary>
    PartitionLabel,

    /// <summary>The partition's UUID, or in an MBR the disk's signature and its number.</summary>
    PartitionUuid,
}

/// <summary>How the key of a LUKS2 slot is made of what unlocks it.</summary>
public enum KeyDerivation
{
    /// <summary>argon2id, which takes memory as well as time.</summary>
    Argon2id,

    /// <summary>PBKDF2 with SHA-512, for boot loaders that know no other.</summary>
    Pbkdf2,

    /// <summary>PBKDF2 with 1000 rounds, for keys that are random already.</summary>
    Minimal,
}

/// <summary>
/// Encryption of a partition by LUKS2: aes-xts-plain64 with keys of 512 bits, the header in the first 16 MiB. What unlocks it is a
/// key file; its bytes are also what is typed, where it holds a passphrase without a line's end.
/// </summary>
public sealed record PartitionEncryption
{
    /// <summary>The file whose bytes unlock it, relative to the definition.</summary>
    public required string KeyFile { get; init; }

    /// <summary>How the slot's key is made of it. Default: argon2id.</summary>
    public KeyDerivation Kdf { get; init; }

    /// <summary>
    /// A file of 64 secret bytes, relative to the definition, that the data is encrypted with: with it the image has the same bytes
    /// each time, and whoever has it reads every such image. Default: none, the key is random, and each build has other bytes.
    /// </summary>
    public string? VolumeKey { get; init; }

    /// <summary>Label in the header. Default: none.</summary>
    public string? Label { get; init; }

    /// <summary>Whether what is freed may be told to the disk (allow-discards). Default: no.</summary>
    public bool Discard { get; init; }

    /// <summary>
    /// The root: whether the key lies in the initial RAM disk, so that the system starts without asking for it on the console. Who has
    /// the partition that the kernel starts from has the key then: it protects a root whose disk is kept apart from it, and nothing
    /// else. Default: no.
    /// </summary>
    public bool KeyInInitrd { get; init; }
}
