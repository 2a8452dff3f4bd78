using System.Security.Cryptography;
using Diecast.Formats.Blobs;
using Diecast.Formats.Disks;
using Diecast.Formats.Integrity;
using Diecast.Formats.Trees;
using Diecast.ImageTypes;
using Microsoft.Win32.SafeHandles;

namespace Diecast.Building;

/// <summary>
/// The outputs of one image: each appears whole or not at all, and none before all are complete. Those that hold the same
/// bytes, each in its format, are written from one pass over them.
/// </summary>
internal sealed class OutputSet(OutputDigest digest, CancellationToken cancellation) : IDisposable
{
    private readonly List<DiskWriter> _writers = [];
    private readonly List<string?> _paths = [];
    private readonly List<Pass> _passes = [];
    private readonly List<OutputDirectory> _directories = [];
    private readonly List<Member> _members = [];
    private readonly List<Checksums> _checksums = [];

    /// <summary>The output that was begun before it is added; null for none.</summary>
    private Member? _ahead;

    /// <summary>A format may begin another file while it is written, on its writer's thread.</summary>
    private readonly Lock _opening = new();

    /// <summary>Blocks of so many bytes that are zero become holes, in formats that do not find them otherwise; 0 for none.</summary>
    internal int ZeroGrain { get; init; }

    /// <summary>Threads that compress; null for one a core.</summary>
    internal int? Workers { get; init; }

    /// <summary>
    /// What is done with each file once it is complete and before any is in its place, given the file's temporary path; it may
    /// change the file. Null for nothing.
    /// </summary>
    internal Action<OutputReport, string>? Finish { get; init; }

    /// <summary>Opens the disk that an output is to be an overlay on; null refuses overlays.</summary>
    internal Func<string, string?, BackingDisk>? OpenBacking { get; init; }

    /// <summary>The writers, in the order in which they were added.</summary>
    internal IReadOnlyList<DiskWriter> Writers => _writers;

    /// <summary>Identities of the codecs whose bytes are in the outputs, each once.</summary>
    internal ValueList<string> Codecs => _writers.Select(writer => writer.Codec).OfType<string>().Distinct().ToValueList();

    /// <summary>Adds an output to a file.</summary>
    internal void Add(string path, ImageFormat format, ImageFormatValues values, Blob disk, Func<string, Guid> ids) =>
        Add(new FileOutputs(this, path, format.Name), format, values, disk, ids);

    /// <summary>
    /// Writes bytes into an output before the rest of it is known, and makes dm-verity's hashes of them meanwhile. The output is
    /// added later, with a disk that has what is returned at the same offset.
    /// </summary>
    /// <exception cref="BuildException">The disk is full.</exception>
    internal WrittenDevice WriteAhead(
        string path, ImageFormat format, Blob bytes, long offset, DmVerityOptions options, IProgress<long>? progress)
    {
        CheckRoom(path, bytes.DataRanges().Sum(range => range.Length), 0);
        _ahead ??= Begin(Path.GetFullPath(path), format.Name);
        try
        {
            var file = HostFile.FromHandle(new SafeFileHandle(_ahead.File!.Handle.DangerousGetHandle(), ownsHandle: false), path);
            return DmVerity.Write(bytes, file, offset, options, progress, cancellation);
        }
        catch (IOException exception) when (HostDisk.IsFull(exception))
        {
            throw Full(exception);
        }
    }

    /// <summary>Adds an output to a stream.</summary>
    internal void Add(Stream stream, string name, ImageFormat format, ImageFormatValues values, Blob disk, Func<string, Guid> ids)
    {
        IncrementalHash? hash = Hash();
        var member = new Member(name, format.Name, null, DiskOutput.ToStream(stream, name, hash, cancellation), hash);
        _members.Add(member);
        Add(new StreamOutputs(name, member.Output), format, values, disk, ids);
    }

    /// <summary>Adds an output that is a directory of files.</summary>
    /// <param name="path">Where it will stand.</param>
    /// <param name="format">The format's name, for the report.</param>
    /// <param name="files">Directories and regular files.</param>
    /// <param name="mark">The file that makes a directory one of the format, and whose digest stands for all of it.</param>
    internal void Add(string path, string format, FileTree files, OutputMark mark) =>
        _directories.Add(OutputDirectory.Create(path, format, files, mark));

    /// <summary>Adds a file with the digests of other outputs, as sha256sum(1) writes it.</summary>
    /// <param name="path">Where it will stand.</param>
    /// <param name="of">The outputs' absolute paths; all are in the same directory as it.</param>
    /// <exception cref="BuildException">No digests are made.</exception>
    internal void AddChecksums(string path, IReadOnlyCollection<string> of)
    {
        if (digest == OutputDigest.None)
            throw new BuildException($"{Path.GetFileName(path)} has the digests of files, and the build makes none", "leave --digest none out, or image.split");
        _checksums.Add(new Checksums(OutputFile.Create(path), of));
    }

    /// <summary>Bytes that go through, once for each pass.</summary>
    internal long Length => _passes.Sum(pass => pass.Content.Length) + _directories.Sum(directory => directory.Length);

    /// <summary>Writes everything and puts it in its place.</summary>
    /// <exception cref="BuildException">A disk is full.</exception>
    internal ValueList<OutputReport> Write(IProgress<long>? progress)
    {
        ValueList<OutputReport> reports = WriteAll(progress);
        cancellation.ThrowIfCancellationRequested();
        foreach (Member member in _members)
            member.File?.Publish();
        foreach (Checksums checksums in _checksums)
            checksums.File.Publish();
        foreach (OutputDirectory directory in _directories)
            directory.Publish();
        return reports;
    }

    /// <summary>Opens what was written to a file, before it is in its place; null for a directory.</summary>
    internal HostFile? OpenWritten(string path) =>
        _members.Find(member => member.Path == path) is { File: { } file } ? HostFile.Open($"/proc/self/fd/{file.Handle.DangerousGetHandle()}") : null;

    /// <summary>Writes everything and leaves it without a place: it goes when this is disposed.</summary>
    /// <exception cref="BuildException">A disk is full.</exception>
    internal ValueList<OutputReport> WriteAll(IProgress<long>? progress)
    {
        CheckRoom();
        try
        {
            long done = 0;
            foreach (Pass pass in _passes)
            {
                DiskTee.Write(pass.Content, pass.Writers, progress is null ? null : new ProgressAfter(progress, done), cancellation);
                done += pass.Content.Length;
            }

            foreach (OutputDirectory directory in _directories)
            {
                directory.Write(progress is null ? null : new ProgressAfter(progress, done), cancellation);
                done += directory.Length;
            }
        }
        catch (IOException exception) when (HostDisk.IsFull(exception))
        {
            throw Full(exception);
        }

        OutputReport[] reports = [.. _members.Select(Complete), .. _directories.Select(directory => directory.Report(digest))];
        return [.. reports, .. _checksums.Select(checksums => checksums.Write(reports))];
    }

    public void Dispose()
    {
        foreach (DiskWriter writer in _writers)
            writer.Dispose();
        foreach (Member member in _members)
            member.Dispose();
        foreach (OutputDirectory directory in _directories)
            directory.Dispose();
        foreach (Checksums checksums in _checksums)
            checksums.File.Dispose();
    }

    private void Add(ImageOutputs outputs, ImageFormat format, ImageFormatValues values, Blob disk, Func<string, Guid> ids)
    {
        DiskWriter writer = DiskFormats.Open(format, new ImageWriteRequest
        {
            Disk = disk,
            Values = values,
            Outputs = outputs,
            Ids = ids,
            ZeroGrain = ZeroGrain,
            OpenBacking = OpenBacking,
            Write = new DiskWriteOptions { Workers = Workers, Cancellation = cancellation },
        });
        _writers.Add(writer);
        Pass? pass = _passes.Find(pass => ReferenceEquals(pass.Content, disk));
        if (pass is null)
            _passes.Add(pass = new Pass(disk, []));
        pass.Writers.Add(writer);
        // What a writer leaves out that looks at the bytes is not known before.
        bool isRoomKnown = ZeroGrain == 0 || !format.FindsZeros(values);
        _paths.Add(isRoomKnown ? (outputs as FileOutputs)?.FullPath : null);
    }

    private DiskOutput Open(string path, string format)
    {
        path = Path.GetFullPath(path);
        using Lock.Scope scope = _opening.EnterScope();
        if (_ahead?.Path == path)
        {
            DiskOutput begun = _ahead.Output;
            _ahead = null;
            return begun;
        }

        if (_members.Any(member => member.Path == path) || _directories.Any(directory => directory.Path == path))
            throw new BuildException($"two outputs would be {path}", "give them names of their own, or leave one out");
        return Begin(path, format).Output;
    }

    private Member Begin(string path, string format)
    {
        OutputFile file = OutputFile.Create(path);
        IncrementalHash? hash = Hash();
        var member = new Member(path, format, file, DiskOutput.ToFile(file.Handle, path, hash, cancellation), hash);
        _members.Add(member);
        return member;
    }

    private OutputReport Complete(Member member)
    {
        OutputReport report = member.Report();
        if (Finish is null || member.File is not { } file)
            return report;
        string path = file.Name();
        Finish(report, path);
        // The command may have put another file in its place.
        using HostFile changed = HostFile.Open(path);
        long length = changed.MeasureLength();
        string? sum = digest == OutputDigest.None ? null : Bases.BaseResolver.Digest(Blob.FromFile(changed, 0, length));
        return report with { Size = length, AllocatedSize = new FileInfo(path).Length == length ? report.AllocatedSize : length, Sha256 = sum };
    }

    private IncrementalHash? Hash() => digest == OutputDigest.None ? null : IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Says before any byte is written that there is no room for all of them, where that can be known.</summary>
    private void CheckRoom()
    {
        foreach (Pass pass in _passes)
        {
            long data = pass.Content.DataRanges().Sum(range => range.Length);
            foreach (DiskWriter writer in pass.Writers)
            {
                if (writer.Codec is null && _paths[_writers.IndexOf(writer)] is { } path)
                    CheckRoom(path, data, _members.Find(member => member.Path == path)?.AllocatedSize ?? 0);
            }
        }

        foreach (OutputDirectory directory in _directories)
            CheckRoom(directory.Path, directory.Length, 0);
    }

    /// <summary>Says that there is no room for so many bytes of data, of which some are written.</summary>
    private static void CheckRoom(string path, long data, long written)
    {
        if (HostDisk.FreeBytes(path) is { } free && free < data - written)
        {
            throw new BuildException(
                $"the disk of {path} has {free} bytes free, and the image stores {data - written}, {data - written - free} more",
                "free some room, or name another disk with --output; the old output is untouched");
        }
    }

    private static BuildException Full(IOException exception) => new(
        $"the disk is full: {exception.Message}", "free some room, or name another disk with --output; the old output is untouched", null, exception);

    /// <summary>A file with digests of other outputs.</summary>
    private sealed record Checksums(OutputFile File, IReadOnlyCollection<string> Of)
    {
        /// <summary>The lines in the order of the files' names, so that they do not depend on that of the outputs.</summary>
        internal OutputReport Write(IEnumerable<OutputReport> reports)
        {
            string text = string.Concat(reports.Where(report => Of.Contains(report.Path))
                .OrderBy(report => Path.GetFileName(report.Path), StringComparer.Ordinal)
                .Select(report => $"{report.Sha256}  {Path.GetFileName(report.Path)}\n"));
            byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text);
            RandomAccess.Write(File.Handle, bytes, 0);
            return new OutputReport(
                File.Path, "sha256sums", bytes.Length, HostDisk.AllocatedBytes(File.Handle, File.Path), Convert.ToHexStringLower(SHA256.HashData(bytes)));
        }
    }

    /// <summary>Outputs that hold the same bytes.</summary>
    private sealed record Pass(Blob Content, List<DiskWriter> Writers);

    private sealed class ProgressAfter(IProgress<long> progress, long done) : IProgress<long>
    {
        public void Report(long value) => progress.Report(done + value);
    }

    private sealed record Member(string Path, string Format, OutputFile? File, DiskOutput Output, IncrementalHash? Hash) : IDisposable
    {
        /// <summary>Bytes that its file system stores of it so far.</summary>
        internal long AllocatedSize => File is null ? 0 : HostDisk.AllocatedBytes(File.Handle, Path);

        internal OutputReport Report() => new(
            Path,
            Format,
            Output.Length,
            File is null ? Output.Length : HostDisk.AllocatedBytes(File.Handle, Path),
            Hash is null ? null : Convert.ToHexStringLower(Hash.GetHashAndReset()));

        public void Dispose()
        {
            Output.Dispose();
            Hash?.Dispose();
            File?.Dispose();
        }
    }

    private sealed class FileOutputs(OutputSet set, string path, string format) : ImageOutputs
    {
        private DiskOutput? _main;

        internal string FullPath => Path.GetFullPath(path);

        public override string Name => Path.GetFileName(path);

        public override DiskOutput Main => _main ??= set.Open(path, format);

        public override DiskOutput Beside(string name) =>
            set.Open(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, name), Path.GetExtension(name).TrimStart('.'));
    }

    private sealed class StreamOutputs(string name, DiskOutput output) : ImageOutputs
    {
        public override string Name => name;

        public override DiskOutput Main => output;

        public override DiskOutput Beside(string name) =>
            throw new NotSupportedException($"{name} would be a file beside the output, and standard output has none");
    }
}
