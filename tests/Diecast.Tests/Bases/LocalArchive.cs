using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Diecast.Tests.Bases;

/// <summary>A small archive of packages in a directory, built by dpkg-deb.</summary>
internal sealed class LocalArchive
{
    private readonly string _root;
    private readonly StringBuilder _packages = new();

    internal LocalArchive(string root)
    {
        _root = root;
        Directory.CreateDirectory(Path.Combine(root, "dists/local/main/binary-amd64"));
        Directory.CreateDirectory(Path.Combine(root, "pool"));
        AddInstaller();
    }

    internal string Mirror => "copy:" + _root;

    internal string SourceLine => $"deb [trusted=yes] {Mirror} SUITE main";

    internal void Add(string name, params (string Path, string Text)[] files) => Add(name, "", files);

    internal void Add(string name, string script, params (string Path, string Text)[] files)
    {
        using var temp = new TempDirectory();
        Build(name, script, temp, files);
    }

    /// <summary>A package of what dpkg itself needs inside the root, taken from the machine.</summary>
    private void AddInstaller()
    {
        using var temp = new TempDirectory();
        foreach (string directory in (string[])["dev", "proc", "sys", "tmp", "run", "usr/bin", "usr/lib", "usr/lib64", "var/lib/dpkg/info", "etc"])
            Directory.CreateDirectory(Path.Combine(temp["tree"], directory));
        foreach (string name in (string[])["bin", "lib", "lib64"])
            File.CreateSymbolicLink(Path.Combine(temp["tree"], name), "usr/" + name);
        File.CreateSymbolicLink(Path.Combine(temp["tree"], "sbin"), "usr/bin");
        var files = new HashSet<string>(StringComparer.Ordinal);
        foreach (string name in (string[])["dpkg", "dpkg-deb", "dpkg-split", "tar", "rm", "sh", "ldconfig", "env", "diff", "cmp", "start-stop-daemon"])
        {
            string program = Tool.Find(name) ?? throw new FileNotFoundException(name);
            File.Copy(program, Path.Combine(temp["tree"], "usr/bin", name));
            foreach (string word in Tool.Run("ldd", program).Output.Split((char[]?)null))
            {
                if (word.StartsWith('/') && !word.EndsWith(':'))
                    files.Add(word);
            }
        }

        foreach (string library in files)
        {
            string target = Path.Combine(temp["tree"], "usr", library.TrimStart('/').Replace("usr/", "", StringComparison.Ordinal));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(library, target, overwrite: true);
        }

        Build("base-files", "", temp, [("etc/os-release", "ID=test\n")]);
    }

    private void Build(string name, string script, TempDirectory temp, (string Path, string Text)[] files)
    {
        Directory.CreateDirectory(temp["tree/DEBIAN"]);
        string control = $"Package: {name}\nVersion: 1.0\nArchitecture: all\nMaintainer: Nobody <nobody@example.org>\nDescription: test\n";
        File.WriteAllText(temp["tree/DEBIAN/control"], control);
        if (script.Length > 0)
        {
            File.WriteAllText(temp["tree/DEBIAN/postinst"], script);
            Tool.Check("chmod", "755", temp["tree/DEBIAN/postinst"]);
        }

        foreach ((string path, string text) in files)
        {
            string target = Path.Combine(temp["tree"], path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.WriteAllText(target, text);
        }

        string file = $"pool/{name}_1.0_all.deb";
        Tool.Check("dpkg-deb", "--root-owner-group", "-Znone", "-b", temp["tree"], Path.Combine(_root, file));
        byte[] bytes = File.ReadAllBytes(Path.Combine(_root, file));
        _packages.Append(CultureInfo.InvariantCulture, $"{control}Filename: {file}\nSize: {bytes.Length}\nSHA256: {Convert.ToHexStringLower(SHA256.HashData(bytes))}\n\n");
    }

    internal void Publish(string date = "Sat, 15 Nov 2025 09:44:05 UTC")
    {
        byte[] packages = Encoding.UTF8.GetBytes(_packages.ToString());
        File.WriteAllBytes(Path.Combine(_root, "dists/local/main/binary-amd64/Packages"), packages);
        File.WriteAllText(
            Path.Combine(_root, "dists/local/Release"),
            $"Suite: local\nCodename: local\nDate: {date}\nArchitectures: all amd64\nComponents: main\nSHA256:\n"
            + $" {Convert.ToHexStringLower(SHA256.HashData(packages))} {packages.Length} main/binary-amd64/Packages\n");
    }
}
