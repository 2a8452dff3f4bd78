namespace Diecast.ImageTypes;

/// <summary>What a definition says of the root that its image type makes.</summary>
internal static class RootSettings
{
    /// <summary>Whether an image says something of a root that it has no partition of its own for.</summary>
    internal static bool AreGiven(Image image) => image.RootFileSystem is not null || image.Free is not null;

    /// <summary>The root in an image that its type has completed, with the declared file system and room.</summary>
    /// <param name="declared">The image as the definition has it.</param>
    /// <param name="completed">The image as the type has completed it.</param>
    internal static Image Apply(Image declared, Image completed)
    {
        if (declared.Partitions.Count > 0 || !(AreGiven(declared) || declared.Size.Exact is not null))
            return completed;
        return completed with { Partitions = completed.Partitions.Select(partition => IsRoot(partition) ? Apply(declared, partition) : partition).ToValueList() };
    }

    /// <summary>Whether a type made a root that can be said something of.</summary>
    internal static bool HasRoot(Image completed) => completed.Partitions.Any(IsRoot);

    private static bool IsRoot(Partition partition) => partition is { MountPoint: "/", FileSystem: not null };

    private static Partition Apply(Image declared, Partition root)
    {
        if (declared.Free is { } free)
            root = root with { Free = free };
        else if (declared.Size.Exact is not null && root.Weight > 0)
            root = root with { Free = default }; // What the image's size leaves is its room.
        if (declared.RootFileSystem is not { } given)
            return root;
        PartitionFileSystem known = root.FileSystem!;
        bool isExt = IsExt(given.Type);
        return root with
        {
            FileSystem = given with
            {
                Label = given.Label ?? (given.Type is FileSystemType.Squashfs or FileSystemType.Iso9660 ? null : known.Label),
                // What U-Boot reads is asked of ext4 whoever names it.
                Profile = given.Profile ?? (given.Type == known.Type ? known.Profile : null),
                Uuid = given.Uuid ?? (given.Type == known.Type ? known.Uuid : null),
            },
            // errors= is an option of ext alone.
            MountOptions = isExt || !IsExt(known.Type) ? root.MountOptions : new Partition().MountOptions,
        };
    }

    private static bool IsExt(FileSystemType type) => type is FileSystemType.Ext2 or FileSystemType.Ext3 or FileSystemType.Ext4;
}
