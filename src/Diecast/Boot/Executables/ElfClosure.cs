using Diecast.Formats;
using Diecast.Formats.Trees;

namespace Diecast.Boot;

/// <summary>A program of a tree with its loader and the libraries that it needs, found as its own loader would.</summary>
internal sealed record ElfClosure
{
    private const int MaximumFiles = 256;
    private const int MaximumIncludeDepth = 8;

    /// <summary>The program's machine.</summary>
    internal required Architecture Architecture { get; init; }

    /// <summary>The program.</summary>
    internal required FileInode Program { get; init; }

    /// <summary>Its dynamic loader, or null when it is static.</summary>
    internal FileInode? Loader { get; init; }

    /// <summary>The loader's path as the program asks for it, or null when it is static.</summary>
    internal string? Interpreter { get; init; }

    /// <summary>Libraries by the names they are asked for, in the order they were met.</summary>
    internal IReadOnlyList<(string Name, FileInode File)> Libraries { get; init; } = [];

    /// <summary>Finds what a program needs.</summary>
    /// <exception cref="BootException">The program, its loader or a library is not in the tree.</exception>
    /// <exception cref="InvalidImageException">A file on the way is not ELF, or damaged.</exception>
    internal static ElfClosure Find(FileTree root, string program)
    {
        FileInode inode = root.ResolveFile(program) ?? throw new BootException($"{program} is not in the tree");
        ElfFile elf = ElfFile.Read(inode.Content);
        FileInode? loader = elf.Interpreter is null
            ? null
            : root.ResolveFile(elf.Interpreter) ?? throw new BootException($"{program} needs the loader {elf.Interpreter}, which is not in the tree");
        string[] directories = [.. SystemDirectories(root, elf.Architecture)];
        var libraries = new List<(string Name, FileInode File)>();
        var pending = new Queue<(string Path, ElfFile File)>();
        pending.Enqueue((root.RealPath(program)!, elf));
        var known = new HashSet<string>(StringComparer.Ordinal);
        if (elf.Interpreter is not null)
            known.Add(System.IO.Path.GetFileName(elf.Interpreter));
        while (pending.TryDequeue(out (string Path, ElfFile File) user))
        {
            foreach (string name in user.File.Needed.Where(known.Add))
            {
                if (name.Contains('/', StringComparison.Ordinal) || known.Count > MaximumFiles)
                    throw new BootException($"{user.Path} needs '{name}', which is no plain library name, or one of more than {MaximumFiles}");
                (string path, FileInode file) = FindLibrary(root, name, user, elf.Architecture, directories)
                    ?? throw new BootException($"{user.Path} needs the library {name}, which is not in the tree");
                libraries.Add((name, file));
                pending.Enqueue((path, ElfFile.Read(file.Content)));
            }
        }

        return new ElfClosure { Architecture = elf.Architecture, Program = inode, Loader = loader, Interpreter = elf.Interpreter, Libraries = libraries };
    }

    /// <summary>A library by its name in the directories of the system, or null.</summary>
    internal static FileInode? FindLibrary(FileTree root, string name, Architecture architecture) =>
        FindLibrary(root, name, SystemDirectories(root, architecture), architecture)?.File;

    private static (string Path, FileInode File)? FindLibrary(
        FileTree root, string name, (string Path, ElfFile File) user, Architecture architecture, string[] directories)
    {
        string origin = System.IO.Path.GetDirectoryName(user.Path) ?? "/";
        IEnumerable<string> own = user.File.SearchPath.Select(d => d
            .Replace("${ORIGIN}", origin, StringComparison.Ordinal).Replace("$ORIGIN", origin, StringComparison.Ordinal));
        return FindLibrary(root, name, own.Concat(directories), architecture);
    }

    private static (string Path, FileInode File)? FindLibrary(FileTree root, string name, IEnumerable<string> directories, Architecture architecture)
    {
        foreach (string directory in directories)
        {
            string path = $"{directory}/{name}";
            if (root.ResolveFile(path) is not { } file)
                continue;
            byte[] start = new byte[Math.Min(file.Content.Length, 64)];
            file.Content.Read(0, start);
            if (ElfFile.MachineOf(start) == architecture)
                return (root.RealPath(path)!, file);
        }

        return null;
    }

    /// <summary>Directories that ld.so searches: those of ld.so.conf, then the built-in ones.</summary>
    private static IEnumerable<string> SystemDirectories(FileTree root, Architecture architecture)
    {
        var directories = new List<string>();
        ReadConfiguration(root, "/etc/ld.so.conf", directories, 0);
        if (architecture.LibraryDirectory() is { } own)
            directories.AddRange([$"/lib/{own}", $"/usr/lib/{own}"]);
        directories.AddRange(["/lib64", "/usr/lib64", "/lib", "/usr/lib"]);
        return directories.Distinct(StringComparer.Ordinal);
    }

    private static void ReadConfiguration(FileTree root, string path, List<string> directories, int depth)
    {
        if (depth > MaximumIncludeDepth || root.ReadText(path) is not { } text)
            return;
        foreach (string raw in text.Split('\n'))
        {
            string line = raw.Split('#')[0].Trim();
            if (line.StartsWith('/'))
                directories.Add(line.TrimEnd('/'));
            else if (line.StartsWith("include ", StringComparison.Ordinal))
                Include(root, line["include ".Length..].Trim(), directories, depth + 1);
        }
    }

    /// <summary>Include lines name <c>DIRECTORY/*.conf</c> in every distribution; other patterns match nothing here.</summary>
    private static void Include(FileTree root, string pattern, List<string> directories, int depth)
    {
        string absolute = pattern.StartsWith('/') ? pattern : "/etc/" + pattern;
        if (!absolute.EndsWith("/*.conf", StringComparison.Ordinal))
        {
            ReadConfiguration(root, absolute, directories, depth);
            return;
        }

        string directory = absolute[..^"/*.conf".Length];
        if (root.Resolve(directory) is not DirectoryInode inode)
            return;
        foreach (DirectoryEntry entry in inode.Entries.ToArray())
        {
            if (entry.Name.Span.EndsWith(".conf"u8))
                ReadConfiguration(root, $"{directory}/{entry.Name}", directories, depth);
        }
    }
}
