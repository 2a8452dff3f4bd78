using System.Text;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.Archives;

/// <summary>A host directory with everything that the user who runs the tests can make.</summary>
internal sealed class SampleDirectory : IDisposable
{
    private readonly TempDirectory _temp = new();

    internal SampleDirectory()
    {
        Directory.CreateDirectory(Root);
        Write("etc/hostname", "vignemale\n");
        Write("etc/empty", "");
        Write("usr/bin/tool", new string('x', 5000));
        Write("usr/lib/" + new string('l', 120) + "/" + new string('m', 200) + "/deep", "far down\n");
        Write("usr/share/doc/na\u00efve caf\u00e9", "accents\n");
        Write("usr/share/doc/block", new string('b', 512));
        Write("usr/share/doc/=odd%name", "odd\n");
        File.CreateSymbolicLink(Path.Combine(Root, "lib"), "usr/lib");
        File.CreateSymbolicLink(Path.Combine(Root, "etc/long"), "/" + new string('t', 150) + "/target");
        Tool.Check("ln", Path.Combine(Root, "usr/bin/tool"), Path.Combine(Root, "usr/bin/alias"));
        Tool.Check("mkfifo", Path.Combine(Root, "etc/pipe"));
        Directory.CreateDirectory(Path.Combine(Root, "var/empty"));
        Tool.Check("chmod", "4755", Path.Combine(Root, "usr/bin/tool"));
        Tool.Check("chmod", "1777", Path.Combine(Root, "var/empty"));
        foreach (string path in Directory.EnumerateFileSystemEntries(Root, "*", SearchOption.AllDirectories).Prepend(Root))
            Tool.Check("touch", "-h", "-d", "2024-02-03 04:05:06.123456789", path);
    }

    internal string Root => _temp["root"];

    internal string this[string name] => _temp[name];

    internal void Sparse(string name, params (long Offset, int Length)[] regions)
    {
        string path = Path.Combine(Root, name);
        using (FileStream file = File.Create(path))
        {
            foreach ((long offset, int length) in regions)
            {
                file.Position = offset;
                file.Write(Encoding.ASCII.GetBytes(new string('s', length)));
            }

            file.SetLength(regions[^1].Offset + regions[^1].Length + (1 << 20));
        }

        Tool.Check("touch", "-d", "2024-02-03 04:05:06", path);
    }

    internal FileTree Read() => HostDirectoryReader.Read(
        Root, new HostDirectoryOptions { Owner = HostOwner.Keep, Xattrs = HostXattrs.All });

    public void Dispose() => _temp.Dispose();

    private void Write(string name, string text)
    {
        string path = Path.Combine(Root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
