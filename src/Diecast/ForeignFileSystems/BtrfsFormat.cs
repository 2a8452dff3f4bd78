using System.Globalization;
using Diecast.Formats;
using Diecast.Formats.FileSystems;
using Diecast.Formats.FileSystems.Btrfs;
using Diecast.Formats.Trees;
using Diecast.Native;

namespace Diecast.ForeignFileSystems;

/// <summary>btrfs by mkfs.btrfs --rootdir.</summary>
internal sealed class BtrfsFormat : ForeignFormat
{
    private static readonly Version DeviceIds = new(6, 3);
    private static readonly Version Subvolumes = new(6, 11);
    private static readonly Version Compression = new(6, 13);

    internal override string Name => "btrfs";

    internal override ForeignTool Tool { get; } = new("mkfs.btrfs", "btrfs-progs") { VersionOption = "--version" };

    internal override void Stage(ForeignRequest request, string directory, CancellationToken cancellation)
    {
        foreach (StagedInode inode in request.Staged.Inodes)
        {
            if (inode.Inode is SymlinkInode && inode.Inode.Xattrs.Count > 0)
                throw Refuse(Name, inode, "a symbolic link has an attribute, which only root can give it");
            if (inode.Inode is SpecialInode { Device: var device } && !BtrfsFinisher.Holds(device))
                throw Refuse(Name, inode, $"the device {device.Major}:{device.Minor}; btrfs has up to 4095:1048575");
        }

        HostStage.Write(request.Staged, directory, SetAttributes, cancellation);
    }

    /// <summary>It is cut afterwards, so it may be large: metadata is there twice, in chunks of up to 256 MiB.</summary>
    internal override long Guess(ForeignRequest request) =>
        Units.RoundUp(Math.Max((ContentBytes(request.Staged) * 5 / 4) + (request.Staged.Inodes.Count * 4096L) + (1024 * MebiByte), request.MinimumSize), MebiByte);

    internal override void Make(ForeignRun run)
    {
        PartitionFileSystem declared = run.Request.Declared;
        List<string> arguments = ["-q", "-f", "-K", "--rootdir", run.Stage, "-U", run.Request.Uuid.ToString()];
        if (run.Request.Label.Length > 0)
            arguments.AddRange(["-L", run.Request.Label]);
        if (run.Version >= DeviceIds)
            arguments.AddRange(["--device-uuid", run.Request.Derive("btrfs device").ToString()]);
        if (!run.IsExact)
            arguments.Add("--shrink");
        if (declared.Compression is not (null or FileSystemCompression.None))
            arguments.AddRange(["--compress", Compressor(run.Version, declared)]);
        foreach (Subvolume subvolume in declared.Subvolumes)
        {
            Require(run.Version, Subvolumes, "subvolumes");
            arguments.AddRange(["--subvol", $"{TypeOf(subvolume)}:{subvolume.Path.Trim('/')}"]);
        }

        // Its own times are set afterwards; with SOURCE_DATE_EPOCH it would change those of the files.
        Tool.Run([.. arguments, .. Extra(run.Request), run.Image], "/", [], run.Cancellation);
    }

    internal override void Finish(ForeignRequest request, ImageEditor image) => BtrfsFinisher.Finish(image, request.Staged, new BtrfsFinish
    {
        ChunkTreeUuid = request.Derive("btrfs chunk tree"),
        SubvolumeUuid = tree => request.Derive(string.Create(CultureInfo.InvariantCulture, $"btrfs subvolume {tree}")),
        Time = request.Time,
    });

    private static void SetAttributes(StagedInode inode, byte[] path)
    {
        foreach (Xattr attribute in inode.Inode.Xattrs)
        {
            byte[] name = BtrfsAliases.IsFree(attribute.Name) ? attribute.Name.Span.ToArray() : BtrfsAliases.Of(attribute.Name);
            HostEntries.SetAttribute(path, [.. name, 0], attribute.Value.Span);
        }
    }

    private string Compressor(Version version, PartitionFileSystem declared)
    {
        Require(version, Compression, "compression");
        string algorithm = declared.Compression switch
        {
            FileSystemCompression.Gzip => "zlib",
            FileSystemCompression.Lzo => "lzo",
            _ => "zstd",
        };
        return declared.CompressionLevel is { } level ? string.Create(CultureInfo.InvariantCulture, $"{algorithm}:{level}") : algorithm;
    }

    private static string TypeOf(Subvolume subvolume) => subvolume switch
    {
        { Default: true, ReadOnly: true } => "default-ro",
        { Default: true } => "default",
        { ReadOnly: true } => "ro",
        _ => "rw",
    };

    private void Require(Version version, Version since, string what)
    {
        if (version < since)
            throw new BuildException($"{Tool.Program} {version} does not make {what}, which it does from {since} on", $"install {Tool.Package} {since} or later, or leave them out");
    }
}
