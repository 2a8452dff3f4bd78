using Diecast.Repart.Definitions;

namespace Diecast.Repart;

/// <summary>The definitions of extension and portable service images (<c>--make-ddi=</c>): an EROFS with its verity hash and signature.</summary>
internal static class DdiDefinitions
{
    private static readonly string[] Directories =
    [
        "/etc/systemd/repart/definitions", "/run/systemd/repart/definitions",
        "/usr/local/lib/systemd/repart/definitions", "/usr/lib/systemd/repart/definitions",
    ];

    /// <summary>The directory with a kind's definitions: the machine's own where it has them, else those that are known here.</summary>
    /// <exception cref="BuildException">There are none for the kind.</exception>
    internal static string Find(string kind, DisposableList open)
    {
        if (kind.Contains('/', StringComparison.Ordinal))
            throw new BuildException($"--make-ddi={kind}: not the name of a kind of image");
        string? found = Directories.Select(directory => $"{directory}/{kind}.repart.d").FirstOrDefault(Directory.Exists);
        if (found is not null)
            return found;
        string[] copied = kind switch
        {
            "sysext" => ["/usr/", "/opt/"],
            "confext" => ["/etc/"],
            "portable" => ["/"],
            _ => throw new BuildException($"--make-ddi={kind}: there are no definitions for it", "sysext, confext and portable are known; others are looked for in systemd/repart/definitions/KIND.repart.d"),
        };
        return open.Add(new KnownDefinitions(kind, copied)).Path;
    }

    /// <summary>Definitions of our own, in files for as long as a run takes.</summary>
    private sealed class KnownDefinitions : IDisposable
    {
        private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("diecast-ddi-");

        internal KnownDefinitions(string kind, string[] copied)
        {
            Path = Directory.CreateDirectory(System.IO.Path.Combine(_directory.FullName, $"{kind}.repart.d")).FullName;
            string copies = string.Concat(copied.Select(path => $"CopyFiles={path}\n"));
            Write("10-root.conf", $"Type=root\nFormat=erofs\n{copies}Verity=data\nVerityMatchKey=root\nMinimize=best\n");
            Write("20-root-verity.conf", "Type=root-verity\nVerity=hash\nVerityMatchKey=root\nMinimize=best\n");
            Write("30-root-verity-sig.conf", "Type=root-verity-sig\nVerity=signature\nVerityMatchKey=root\n");
        }

        internal string Path { get; }

        public void Dispose() => _directory.Delete(recursive: true);

        private void Write(string name, string settings) => File.WriteAllText(System.IO.Path.Combine(Path, name), "[Partition]\n" + settings);
    }
}
