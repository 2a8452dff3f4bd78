using Diecast.Formats.Partitioning;

namespace Diecast.Repart.Definitions;

/// <summary>What settings mean together, of one definition and of all.</summary>
internal static class SettingsRules
{
    /// <summary>Refuses what does not go together and fills in what follows.</summary>
    /// <exception cref="BuildException">Settings contradict each other.</exception>
    internal static void Complete(PartitionSettings settings, RepartContext context)
    {
        if (settings.SizeMin > settings.SizeMax)
            throw Refuse(settings, "SizeMinBytes= is larger than SizeMaxBytes=");
        if (settings.PaddingMin > settings.PaddingMax)
            throw Refuse(settings, "PaddingMinBytes= is larger than PaddingMaxBytes=");
        if (settings.Type is null)
            throw Refuse(settings, "there is no Type=");
        if (settings.CopiesBlocks && (settings.Format is not null || settings.IsPopulated))
            throw Refuse(settings, "CopyBlocks= cannot stand beside Format=, CopyFiles=, MakeDirectories= or MakeSymlinks=");
        if (settings.Format == "swap" && settings.IsPopulated)
            throw Refuse(settings, "Format=swap holds no files");
        CompleteFormat(settings);
        CheckFormat(settings);
        CheckVerity(settings);
        CheckOthers(settings, context.Log);
        CompleteFlags(settings);
        Override(settings, context);
    }

    /// <summary>Links verity siblings and supplements, and refuses sets that are not whole.</summary>
    /// <exception cref="BuildException">Something is missing, or there twice.</exception>
    internal static void Link(IReadOnlyList<RepartPartition> partitions)
    {
        foreach (RepartPartition partition in partitions.Where(p => p.Settings.Verity != VerityMode.Off))
        {
            PartitionSettings settings = partition.Settings;
            foreach (VerityMode mode in (ReadOnlySpan<VerityMode>)[VerityMode.Data, VerityMode.Hash, VerityMode.Signature])
            {
                if (mode == settings.Verity)
                    continue;
                RepartPartition[] siblings = [.. partitions.Where(p => p != partition && p.Settings.Verity == mode && p.Settings.VerityMatchKey == settings.VerityMatchKey)];
                string name = mode.ToString().ToLowerInvariant();
                if (siblings.Length > 1)
                    throw Refuse(settings, $"there is more than one verity {name} partition with VerityMatchKey={settings.VerityMatchKey}");
                if (siblings.Length == 0 && mode != VerityMode.Signature)
                    throw Refuse(settings, $"there is no verity {name} partition with VerityMatchKey={settings.VerityMatchKey}");
                if (siblings.Length == 0)
                    continue;
                if (siblings[0].Settings.Priority != settings.Priority)
                    throw Refuse(settings, FormattableString.Invariant($"partitions with VerityMatchKey={settings.VerityMatchKey} have priorities {settings.Priority} and {siblings[0].Settings.Priority}; they must be equal"));
                partition.Siblings[mode] = siblings[0];
            }
        }

        foreach (RepartPartition partition in partitions.Where(p => p.Settings.Verity is VerityMode.Hash or VerityMode.Signature))
            CheckCopies(partition);
        foreach (RepartPartition partition in partitions.Where(p => p.Settings.SupplementFor is not null))
            LinkSupplement(partition, partitions);
    }

    private static void CompleteFormat(PartitionSettings settings)
    {
        if (settings.Format is null)
        {
            if (RepartTypes.RoleOf(settings.Type) == RepartTypes.Swap && !settings.CopiesBlocks)
                settings.Format = "swap";
            else if (settings.IsPopulated || (settings.Encrypt != EncryptMode.Off && !settings.CopiesBlocks))
                settings.Format = RepartTypes.IsBoot(settings.Type) ? "vfat" : "ext4";
        }

        if (settings.Format != "empty")
            return;
        settings.Format = null;
        if ((settings.Type.KnownAttributes & GptAttributes.NoAuto) != 0)
            settings.NoAuto ??= true;
        settings.Label ??= "_empty";
    }

    private static void CheckFormat(PartitionSettings settings)
    {
        if (settings.Minimize != MinimizeMode.Off && settings.Format is null && settings.Verity != VerityMode.Hash)
            throw Refuse(settings, "Minimize= needs Format= or Verity=hash");
        if (settings.Minimize == MinimizeMode.Best && settings.Format is not (null or "btrfs") && !settings.IsReadOnlyFormat && settings.Verity != VerityMode.Hash)
            throw Refuse(settings, "Minimize=best is for read-only file systems, btrfs and Verity=hash; others have Minimize=guess");
        if (settings.IsReadOnlyFormat && !settings.IsPopulated)
            throw Refuse(settings, $"{settings.Format} is not made without files");
        if (settings.DefaultSubvolume is { } subvolume && settings.Subvolumes.TrueForAll(known => known.Path != subvolume))
            throw Refuse(settings, $"DefaultSubvolume={subvolume} is not among Subvolumes=");
    }

    private static void CheckVerity(PartitionSettings settings)
    {
        if (settings.Verity != VerityMode.Off && settings.VerityMatchKey is null)
            throw Refuse(settings, "Verity= needs VerityMatchKey=");
        if (settings.Verity == VerityMode.Off && settings.VerityMatchKey is not null)
            throw Refuse(settings, "VerityMatchKey= needs Verity=");
        if (settings.Verity is VerityMode.Hash or VerityMode.Signature && (settings.Format is not null || settings.IsPopulated))
            throw Refuse(settings, "a verity hash or signature holds no file system: no Format=, CopyFiles=, MakeDirectories= or MakeSymlinks=");
        if (settings.Verity is VerityMode.Hash or VerityMode.Signature && settings.Encrypt != EncryptMode.Off)
            throw Refuse(settings, "a verity hash or signature is not encrypted");
        if (settings.Verity == VerityMode.Signature && (settings.SizeMin is not null || settings.SizeMax is not null))
            throw Refuse(settings, "a verity signature has 16 KiB: no SizeMinBytes=, SizeMaxBytes=");
    }

    private static void CheckOthers(PartitionSettings settings, RepartLog log)
    {
        if (settings.SupplementFor is { } name)
        {
            if (name.Contains('/', StringComparison.Ordinal))
                throw Refuse(settings, $"SupplementFor={name} is not the name of a definition");
            if (settings.CopiesBlocks || settings.Encrypt != EncryptMode.Off || settings.Verity != VerityMode.Off)
                throw Refuse(settings, "SupplementFor= cannot stand beside CopyBlocks=, Encrypt= or Verity=");
        }

        if (settings.Encrypt == EncryptMode.Off && settings.Discard == true)
            log.Warning($"{settings.Path}: Discard=yes means nothing without Encrypt=");
        if (settings.Encrypt == EncryptMode.Off && settings.EncryptKdf is not null)
            log.Warning($"{settings.Path}: EncryptKDF= means nothing without Encrypt=");
    }

    /// <summary>What is verified is only read; what is written grows, unless it is told not to.</summary>
    private static void CompleteFlags(PartitionSettings settings)
    {
        bool isVerified = RepartTypes.IsVerityHash(settings.Type) || RepartTypes.IsVeritySignature(settings.Type)
            || settings.Verity is VerityMode.Data or VerityMode.Signature;
        if (isVerified)
            settings.ReadOnly ??= true;
        if ((settings.Type.KnownAttributes & GptAttributes.GrowFileSystem) != 0 && settings.ReadOnly != true)
            settings.GrowFileSystem ??= true;
    }

    private static void Override(PartitionSettings settings, RepartContext context)
    {
        string role = RepartTypes.RoleOf(settings.Type);
        if (role is not ("root" or "usr" or "home" or "srv" or "esp" or "xbootldr" or "tmp" or "var"))
            return;
        string variable = $"SYSTEMD_REPART_OVERRIDE_FSTYPE_{role.ToUpperInvariant()}";
        if (context.Environment(variable) is not { Length: > 0 } format || format == settings.Format)
            return;
        context.Log.Notice($"{settings.Path}: {format} instead of {settings.Format ?? "no file system"}, as {variable} says");
        settings.Format = format;
    }

    private static void CheckCopies(RepartPartition partition)
    {
        PartitionSettings settings = partition.Settings;
        foreach (VerityMode mode in (ReadOnlySpan<VerityMode>)[VerityMode.Data, VerityMode.Hash])
        {
            if (mode >= settings.Verity || partition.Siblings.GetValueOrDefault(mode)?.Settings is not { } sibling)
                continue;
            if (settings.CopyBlocksAuto != sibling.CopyBlocksAuto && settings.CopyBlocksAuto)
                throw Refuse(settings, $"CopyBlocks=auto, and {sibling.Path} has no CopyBlocks=auto");
            if (settings.CopyBlocks is not null && sibling.CopyBlocks is null)
                throw Refuse(settings, $"CopyBlocks= is set, and {sibling.Path} has no CopyBlocks=");
        }

        if (settings is { Verity: VerityMode.Hash, Minimize: not MinimizeMode.Off }
            && partition.Siblings[VerityMode.Data].Settings is { Minimize: MinimizeMode.Off, CopiesBlocks: false })
            throw Refuse(settings, "Minimize= of a verity hash needs Minimize= or CopyBlocks= of its data");
    }

    private static void LinkSupplement(RepartPartition supplement, IReadOnlyList<RepartPartition> partitions)
    {
        PartitionSettings settings = supplement.Settings;
        RepartPartition target = partitions.FirstOrDefault(p => p != supplement && p.Settings.Name == settings.SupplementFor)
            ?? throw Refuse(settings, $"there is no definition for SupplementFor={settings.SupplementFor}");
        if (target.Settings.SupplementFor is not null)
            throw Refuse(settings, $"{target.Settings.Path} is a supplement itself");
        if (target.Supplement is { } other)
            throw Refuse(settings, $"{target.Settings.Path} has a supplement already: {other.Settings.Path}");
        if (target.Settings.CopiesBlocks || target.Settings.Encrypt != EncryptMode.Off || target.Settings.Verity != VerityMode.Off)
            throw Refuse(settings, $"{target.Settings.Path} has CopyBlocks=, Encrypt= or Verity=, beside which SupplementFor= cannot stand");
        if (!Overlap(settings.SizeMin, settings.SizeMax, target.Settings.SizeMin, target.Settings.SizeMax))
            throw Refuse(settings, $"with {target.Settings.Path} SizeMinBytes= is larger than SizeMaxBytes=");
        if (!Overlap(settings.PaddingMin, settings.PaddingMax, target.Settings.PaddingMin, target.Settings.PaddingMax))
            throw Refuse(settings, $"with {target.Settings.Path} PaddingMinBytes= is larger than PaddingMaxBytes=");
        supplement.SupplementTarget = target;
        target.Supplement = supplement;
    }

    private static bool Overlap(long? least, long? most, long? otherLeast, long? otherMost) =>
        Math.Max(least ?? 0, otherLeast ?? 0) <= Math.Min(most ?? long.MaxValue, otherMost ?? long.MaxValue);

    private static BuildException Refuse(PartitionSettings settings, string message) => new($"{settings.Path}: {message}");
}
