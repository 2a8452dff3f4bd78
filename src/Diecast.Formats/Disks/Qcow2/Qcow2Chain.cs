using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>Opens an image with the files that it names.</summary>
internal static class Qcow2Chain
{
    internal static Blob Open(Blob file, Qcow2ReadOptions options) => Open(file, options, options.Path, []);

    private static Qcow2Disk Open(Blob file, Qcow2ReadOptions options, string? path, List<string> above)
    {
        var header = Qcow2Header.Read(file);
        if (header.Encryption != Qcow2Encryption.None)
            throw Qcow2Faults.Invalid($"the image is encrypted ({(header.Encryption == Qcow2Encryption.Luks ? "LUKS" : "AES")}), which is not supported");
        Blob data = file;
        if (header.HasDataFile)
        {
            string name = header.DataFile ?? throw Qcow2Faults.Invalid($"the image has its clusters in a data file and does not name it");
            data = OpenFile(name, "data", options, path, out _);
        }

        Blob backing = Blob.Empty;
        if (header.BackingFile is not null && options is { OpenFile: null, SkipBacking: { } skip })
        {
            skip();
        }
        else if (header.BackingFile is { } backingName)
        {
            if (path is not null)
                above.Add(Path.GetFullPath(path));
            Blob backingFile = OpenFile(backingName, "backing", options, path, out string backingPath);
            if (above.Contains(Path.GetFullPath(backingPath)))
                throw Qcow2Faults.Invalid($"the backing file {backingPath} is its own backing file, directly or through others");
            if (path is null)
                above.Add(Path.GetFullPath(backingPath));
            backing = OpenBacking(backingFile, header.BackingFormat, backingPath, options with { MaximumDepth = options.MaximumDepth - 1 }, above);
        }

        return new Qcow2Disk(header, file, data, backing);
    }

    private static Blob OpenBacking(Blob file, string? format, string path, Qcow2ReadOptions options, List<string> above)
    {
        if (options.MaximumDepth < 0)
            throw Qcow2Faults.Invalid($"{path} is one backing file too many in a row");
        // An image that does not tell is probed for, as QEMU does, where qcow2 is the only other thing it can be.
        format ??= Qcow2.IsQcow2(file) ? "qcow2" : "raw";
        return format switch
        {
            "raw" => file,
            "qcow2" => Open(file, options, path, above),
            _ => options.ReadOther?.Invoke(format, file)
                ?? throw Qcow2Faults.Invalid($"the backing file {path} has the format '{format}', which cannot be read here"),
        };
    }

    private static Blob OpenFile(string name, string role, Qcow2ReadOptions options, string? from, out string path)
    {
        const string FilePrefix = "file:";
        string plain = name.StartsWith(FilePrefix, StringComparison.Ordinal) ? name[FilePrefix.Length..] : name;
        // What QEMU takes for a protocol (util: path_has_protocol): a colon before any slash.
        int special = plain.AsSpan().IndexOfAny(':', '/');
        if (plain.Length == 0 || plain.Contains('\0', StringComparison.Ordinal) || (special >= 0 && plain[special] == ':'))
            throw Qcow2Faults.Invalid($"the {role} file '{name}' is no path of a file");
        path = Path.Combine(Path.GetDirectoryName(from) ?? "", plain);
        if (options.OpenFile is null)
            throw Qcow2Faults.Invalid($"the image needs its {role} file '{name}', which may not be opened here");
        return options.OpenFile(path);
    }
}
