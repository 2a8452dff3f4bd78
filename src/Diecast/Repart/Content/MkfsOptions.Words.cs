using System.Globalization;

namespace Diecast.Repart.Content;

/// <content>Command lines of the mkfs programs.</content>
internal static partial class MkfsOptions
{
    internal static PartitionFileSystem Apply(PartitionFileSystem fileSystem, MkfsWords words) => fileSystem.Type switch
    {
        FileSystemType.Ext2 or FileSystemType.Ext3 or FileSystemType.Ext4 => ApplyExt(fileSystem, words),
        FileSystemType.Vfat => ApplyFat(fileSystem, words),
        FileSystemType.Erofs => ApplyErofs(fileSystem, words),
        FileSystemType.Squashfs => ApplySquashfs(fileSystem, words),
        FileSystemType.Swap => ApplySwap(fileSystem, words),
        _ => PassOn(fileSystem, words),
    };

    /// <summary>These are made by their own programs, which take their own options.</summary>
    private static PartitionFileSystem PassOn(PartitionFileSystem fileSystem, MkfsWords words)
    {
        var options = new List<string>();
        while (words.Next() is { } word)
            options.Add(word);
        return fileSystem with { MkfsOptions = options.ToValueList() };
    }

    /// <summary>mke2fs(8).</summary>
    private static PartitionFileSystem ApplyExt(PartitionFileSystem fileSystem, MkfsWords words)
    {
        while (words.Next() is { } word)
        {
            fileSystem = word switch
            {
                "-q" or "-v" or "-F" => fileSystem,
                _ when word.StartsWith("-O", StringComparison.Ordinal) =>
                    fileSystem with { Features = [.. fileSystem.Features, .. words.Value(word, "-O").Split(',', StringSplitOptions.RemoveEmptyEntries)] },
                _ when word.StartsWith("-I", StringComparison.Ordinal) => fileSystem with { InodeSize = words.Small(word, "-I") },
                _ when word.StartsWith("-i", StringComparison.Ordinal) => fileSystem with { BytesPerInode = new ByteSize(words.Number(word, "-i")) },
                _ when word.StartsWith("-N", StringComparison.Ordinal) => fileSystem with { Inodes = words.Number(word, "-N") },
                _ when word.StartsWith("-b", StringComparison.Ordinal) => fileSystem with { BlockSize = words.Small(word, "-b") },
                _ when word.StartsWith("-G", StringComparison.Ordinal) => fileSystem with { GroupsPerFlex = words.Small(word, "-G") },
                _ when word.StartsWith("-L", StringComparison.Ordinal) => fileSystem with { Label = words.Value(word, "-L") },
                _ when word.StartsWith("-M", StringComparison.Ordinal) => fileSystem with { LastMounted = words.Value(word, "-M") },
                _ when word.StartsWith("-U", StringComparison.Ordinal) =>
                    fileSystem with { Uuid = Definitions.SystemdValues.ParseId(words.Value(word, "-U")) ?? throw words.Refuse(word, "is no UUID") },
                _ when word.StartsWith("-m", StringComparison.Ordinal) => fileSystem with { ReservedPercent = Percent(words, word) },
                _ when word.StartsWith("-J", StringComparison.Ordinal) => Journal(fileSystem, words, word),
                _ when word.StartsWith("-E", StringComparison.Ordinal) => Extended(fileSystem, words, word),
                _ => throw words.Refuse(word),
            };
        }

        return fileSystem;
    }

    private static decimal Percent(MkfsWords words, string word) =>
        decimal.TryParse(words.Value(word, "-m"), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal percent)
            ? percent
            : throw words.Refuse(word, "is no percentage");

    private static PartitionFileSystem Journal(PartitionFileSystem fileSystem, MkfsWords words, string word)
    {
        string value = words.Value(word, "-J");
        // A plain number is of mebibytes.
        return value.StartsWith("size=", StringComparison.Ordinal) && long.TryParse(value.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out long mebibytes)
            ? fileSystem with { JournalSize = new SizeOrNone(ByteSize.MiB(mebibytes)) }
            : throw words.Refuse($"-J {value}");
    }

    private static PartitionFileSystem Extended(PartitionFileSystem fileSystem, MkfsWords words, string word)
    {
        foreach (string part in words.Value(word, "-E").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] pair = part.Split('=', 2);
            fileSystem = pair switch
            {
                // How the tables reach the disk; what is in them is the same.
                ["discard" or "nodiscard" or "lazy_itable_init" or "lazy_journal_init" or "assume_storage_prezeroed", ..] => fileSystem,
                ["hash_seed", var seed] => fileSystem with { HashSeed = Definitions.SystemdValues.ParseId(seed) ?? throw words.Refuse(part, "is no UUID") },
                ["stride", var stride] when int.TryParse(stride, CultureInfo.InvariantCulture, out int blocks) => fileSystem with { Stride = blocks },
                ["stripe_width" or "stripe-width", var width] when int.TryParse(width, CultureInfo.InvariantCulture, out int blocks) => fileSystem with { StripeWidth = blocks },
                ["quotatype", var types] => fileSystem with { Quotas = QuotaTypes(types, part, words) },
                ["root_owner", var owner] when owner.Split(':') is [var user, var group]
                    && uint.TryParse(user, CultureInfo.InvariantCulture, out uint uid) && uint.TryParse(group, CultureInfo.InvariantCulture, out uint gid) =>
                    fileSystem with { RootUid = uid, RootGid = gid },
                _ => throw words.Refuse($"-E {part}"),
            };
        }

        return fileSystem;
    }

    /// <summary>usrquota, grpquota and prjquota with colons between; none for a file system that counts nobody's usage.</summary>
    private static ValueList<QuotaType> QuotaTypes(string text, string part, MkfsWords words) => text.Split(':', StringSplitOptions.RemoveEmptyEntries)
        .Select(type => type switch
        {
            "usrquota" => QuotaType.User,
            "grpquota" => QuotaType.Group,
            "prjquota" => QuotaType.Project,
            _ => throw words.Refuse($"-E {part}"),
        })
        .ToValueList();

    /// <summary>mkfs.fat(8).</summary>
    private static PartitionFileSystem ApplyFat(PartitionFileSystem fileSystem, MkfsWords words)
    {
        int? perCluster = null;
        while (words.Next() is { } word)
        {
            switch (word)
            {
                case "-v" or "-I" or "-a" or "--invariant":
                    break;
                case ['-', 'S', ..]:
                    fileSystem = fileSystem with { SectorSize = words.Small(word, "-S") };
                    break;
                case ['-', 's', ..]:
                    perCluster = words.Small(word, "-s");
                    break;
                case ['-', 'F', ..]:
                    fileSystem = fileSystem with { FatType = words.Small(word, "-F") };
                    break;
                case ['-', 'n', ..]:
                    fileSystem = fileSystem with { Label = FatLabel(words.Value(word, "-n")) };
                    break;
                case ['-', 'i', ..]:
                    fileSystem = fileSystem with { VolumeId = words.Value(word, "-i") };
                    break;
                case ['-', 'h', ..]:
                    fileSystem = fileSystem with { HiddenSectors = (uint)words.Small(word, "-h") };
                    break;
                default:
                    throw words.Refuse(word);
            }
        }

        return perCluster is { } sectors ? fileSystem with { ClusterSize = new ByteSize((long)sectors * fileSystem.SectorSize!.Value) } : fileSystem;
    }

    /// <summary>mkswap(8).</summary>
    private static PartitionFileSystem ApplySwap(PartitionFileSystem fileSystem, MkfsWords words)
    {
        while (words.Next() is { } word)
        {
            fileSystem = word switch
            {
                "-q" or "-f" or "--quiet" or "--force" => fileSystem,
                ['-', 'p', ..] => fileSystem with { PageSize = words.Small(word, "-p") },
                ['-', 'L', ..] => fileSystem with { Label = words.Value(word, "-L") },
                _ => throw words.Refuse(word),
            };
        }

        return fileSystem;
    }

    /// <summary>mkfs.erofs(1).</summary>
    private static PartitionFileSystem ApplyErofs(PartitionFileSystem fileSystem, MkfsWords words)
    {
        while (words.Next() is { } word)
        {
            fileSystem = word switch
            {
                "--quiet" or "--preserve-mtime" => fileSystem,
                "--ignore-mtime" => fileSystem with { Times = InodeTimes.Build },
                "--all-root" => fileSystem with { AllRoot = true },
                "--hard-dereference" => fileSystem with { HardLinks = HardLinkUse.Ignore },
                _ when word.StartsWith("--chunksize", StringComparison.Ordinal) => fileSystem with { ChunkSize = new ByteSize(words.Number(word, "--chunksize")) },
                _ when word.StartsWith("--workers", StringComparison.Ordinal) || word.StartsWith("-d", StringComparison.Ordinal) => Ignore(fileSystem, words.Value(word, word.StartsWith("-d", StringComparison.Ordinal) ? "-d" : "--workers")),
                ['-', 'z', ..] => ErofsCompression(fileSystem, words, word),
                ['-', 'b', ..] => fileSystem with { BlockSize = words.Small(word, "-b") },
                ['-', 'C', ..] => fileSystem with { CompressedCluster = new ByteSize(words.Number(word, "-C")) },
                ['-', 'L', ..] => fileSystem with { Label = words.Value(word, "-L") },
                ['-', 'U', ..] => fileSystem with { Uuid = Definitions.SystemdValues.ParseId(words.Value(word, "-U")) ?? throw words.Refuse(word, "is no UUID") },
                ['-', 'E', ..] => ErofsExtended(fileSystem, words, word),
                _ => throw words.Refuse(word),
            };
        }

        return fileSystem;
    }

    private static PartitionFileSystem Ignore(PartitionFileSystem fileSystem, string value) => value.Length >= 0 ? fileSystem : fileSystem with { };

    private static PartitionFileSystem ErofsCompression(PartitionFileSystem fileSystem, MkfsWords words, string word)
    {
        string[] parts = words.Value(word, "-z").Split(',');
        int? level = null;
        foreach (string part in parts.Skip(1))
        {
            string number = part.StartsWith("level=", StringComparison.Ordinal) ? part[6..] : part;
            level = int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : throw words.Refuse($"-z {part}");
        }

        return Compress(fileSystem, parts[0], level) ?? throw words.Refuse($"-z {parts[0]}");
    }

    private static PartitionFileSystem ErofsExtended(PartitionFileSystem fileSystem, MkfsWords words, string word)
    {
        foreach (string part in words.Value(word, "-E").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            fileSystem = part switch
            {
                "ztailpacking" => fileSystem with { TailPacking = true },
                "fragments" => fileSystem with { Fragments = FragmentUse.TailEnds },
                "all-fragments" => fileSystem with { Fragments = FragmentUse.All },
                "dedupe" => fileSystem with { Duplicates = true },
                "legacy-compress" => fileSystem with { Index = CompressedIndex.Full },
                "noinline_data" => fileSystem with { InlineData = false },
                _ => throw words.Refuse($"-E {part}"),
            };
        }

        return fileSystem;
    }

    /// <summary>mksquashfs(1).</summary>
    private static PartitionFileSystem ApplySquashfs(PartitionFileSystem fileSystem, MkfsWords words)
    {
        while (words.Next() is { } word)
        {
            fileSystem = word switch
            {
                "-noappend" or "-quiet" or "-no-progress" or "-keep-as-directory" or "-info" => fileSystem,
                "-processors" or "-mem" or "-mem-percent" => Ignore(fileSystem, words.Value(word, word)),
                "-comp" => Compress(fileSystem, words.Value(word, word), null) ?? throw words.Refuse(word, "has a compressor that is not known"),
                "-b" => fileSystem with { BlockSize = words.Small(word, word) },
                "-Xcompression-level" => fileSystem with { CompressionLevel = words.Small(word, word) },
                "-Xdict-size" => Dictionary(fileSystem, words, word),
                "-Xhc" => fileSystem with { HighCompression = true },
                "-all-root" => fileSystem with { AllRoot = true },
                "-no-hardlinks" => fileSystem with { HardLinks = HardLinkUse.Ignore },
                "-no-duplicates" => fileSystem with { Duplicates = false },
                "-no-exports" => fileSystem with { Exports = false },
                "-no-xattrs" => fileSystem with { Xattrs = false },
                "-no-fragments" => fileSystem with { Fragments = FragmentUse.None },
                "-tailends" or "-always-use-fragments" => fileSystem with { Fragments = FragmentUse.TailEnds },
                "-noI" or "-noInodeCompression" => Plain(fileSystem, SquashfsPart.Inodes),
                "-noD" or "-noDataCompression" => Plain(fileSystem, SquashfsPart.Data),
                "-noF" or "-noFragmentCompression" => Plain(fileSystem, SquashfsPart.Fragments),
                "-noX" or "-noXattrCompression" => Plain(fileSystem, SquashfsPart.Xattrs),
                _ => throw words.Refuse(word),
            };
        }

        return fileSystem;
    }

    private static PartitionFileSystem Plain(PartitionFileSystem fileSystem, SquashfsPart part) =>
        fileSystem with { Uncompressed = [.. fileSystem.Uncompressed, part] };

    /// <summary>A share of the block, or bytes.</summary>
    private static PartitionFileSystem Dictionary(PartitionFileSystem fileSystem, MkfsWords words, string word)
    {
        string value = words.Value(word, word);
        if (!value.EndsWith('%'))
            return fileSystem with { DictionarySize = new ByteSize(Definitions.SystemdValues.ParseSize(value.ToUpperInvariant()) ?? throw words.Refuse(word, $"{value} is no size")) };
        return int.TryParse(value.AsSpan(0, value.Length - 1), CultureInfo.InvariantCulture, out int percent)
            ? fileSystem with { DictionarySize = new ByteSize((fileSystem.BlockSize ?? 131072) * (long)percent / 100) }
            : throw words.Refuse(word, $"{value} is no share");
    }
}
