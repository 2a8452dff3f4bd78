using Diecast.Formats.Blobs;
using Diecast.Formats.Partitioning;

namespace Diecast.Repart.Definitions;

/// <summary>Everything that a definition file says of a partition; what it leaves open is null, or systemd's default.</summary>
internal sealed class PartitionSettings
{
    /// <summary>The definition file, or the image that the partition is copied from.</summary>
    internal required string Path { get; init; }

    /// <summary>The drop-ins that were read, in order.</summary>
    internal List<string> DropIns { get; } = [];

    internal PartitionType Type { get; set; } = null!;

    internal string? Label { get; set; }

    internal string? VolumeLabel { get; set; }

    /// <summary>The id; all zeros are one too.</summary>
    internal Guid? Id { get; set; }

    internal int Priority { get; set; }

    internal uint Weight { get; set; } = 1000;

    internal uint PaddingWeight { get; set; }

    internal long? SizeMin { get; set; }

    internal long? SizeMax { get; set; }

    internal long? PaddingMin { get; set; }

    internal long? PaddingMax { get; set; }

    internal bool FactoryReset { get; set; }

    /// <summary>A path to copy blocks from, or null.</summary>
    internal string? CopyBlocks { get; set; }

    internal bool CopyBlocksAuto { get; set; }

    /// <summary>The blocks of a partition of another image (<c>--copy-from=</c>), or null.</summary>
    internal Blob? CopiedBlocks { get; set; }

    /// <summary>The file system's name; null for none.</summary>
    internal string? Format { get; set; }

    internal List<CopyFiles> CopyFiles { get; } = [];

    internal List<string> ExcludeFiles { get; } = [];

    internal List<string> ExcludeFilesTarget { get; } = [];

    internal List<string> MakeDirectories { get; } = [];

    internal List<(string Path, string Target)> MakeSymlinks { get; } = [];

    internal List<SubvolumeSettings> Subvolumes { get; } = [];

    internal string? DefaultSubvolume { get; set; }

    internal EncryptMode Encrypt { get; set; }

    internal string? KeyFile { get; set; }

    /// <summary>TPM2PCRs=, where the command line says nothing.</summary>
    internal ValueList<TpmRegisterValue> TpmRegisters { get; set; } = [];

    internal string? EncryptKdf { get; set; }

    internal bool? Discard { get; set; }

    internal EncryptedVolume? EncryptedVolume { get; set; }

    internal VerityMode Verity { get; set; }

    internal string? VerityMatchKey { get; set; }

    internal int? VerityDataBlockSize { get; set; }

    internal int? VerityHashBlockSize { get; set; }

    internal MinimizeMode Minimize { get; set; }

    internal string? Compression { get; set; }

    internal string? CompressionLevel { get; set; }

    internal ulong Flags { get; set; }

    internal bool? NoAuto { get; set; }

    internal bool? ReadOnly { get; set; }

    internal bool? GrowFileSystem { get; set; }

    /// <summary>The name of the split artifact, with specifiers; null for none.</summary>
    internal string? SplitName { get; set; } = "%t";

    internal List<(string Where, string? Options)> MountPoints { get; } = [];

    internal string? SupplementFor { get; set; }

    internal bool? AddValidateFs { get; set; }

    internal int? FileSystemSectorSize { get; set; }

    internal bool CopiesBlocks => CopyBlocks is not null || CopyBlocksAuto || CopiedBlocks is not null;

    /// <summary>Whether the root directory gets the attributes that systemd-validatefs checks.</summary>
    internal bool ValidatesFs => AddValidateFs ?? Format is not (null or "swap" or "vfat");

    /// <summary>Whether anything goes into the file system.</summary>
    internal bool IsPopulated => CopyFiles.Count > 0 || MakeDirectories.Count > 0 || MakeSymlinks.Count > 0 || ValidatesFs;

    internal bool IsReadOnlyFormat => Format is "erofs" or "squashfs" or "cramfs" or "iso9660";

    /// <summary>The file's name without its suffix, by which supplements name it.</summary>
    internal string Name => System.IO.Path.GetFileNameWithoutExtension(Path);
}

/// <summary>One line of CopyFiles=.</summary>
/// <param name="Source">Path below the copy source.</param>
/// <param name="Target">Path in the partition.</param>
/// <param name="KeepVerity">Whether files that have fs-verity keep it.</param>
internal sealed record CopyFiles(string Source, string Target, bool KeepVerity);

/// <summary>One subvolume.</summary>
internal sealed class SubvolumeSettings(string path)
{
    internal string Path => path;

    internal bool ReadOnly { get; set; }

    internal bool NoDataCow { get; set; }
}

/// <summary>A line of crypttab(5).</summary>
internal sealed record EncryptedVolume(string? Name, string? KeyFile, string? Options, bool FixateVolumeKey);

/// <summary>Encrypt=.</summary>
internal enum EncryptMode
{
    Off,
    KeyFile,
    Tpm2,
    KeyFileAndTpm2,
}

/// <summary>Verity=.</summary>
internal enum VerityMode
{
    Off,
    Data,
    Hash,
    Signature,
}

/// <summary>Minimize=.</summary>
internal enum MinimizeMode
{
    Off,
    Guess,
    Best,
}
