using Diecast.Bases;
using Diecast.Formats;
using Diecast.Formats.Archives;
using Diecast.Formats.Blobs;
using Diecast.Formats.Compression;
using Diecast.Formats.Trees;

namespace Diecast.Tests.Bases;

public sealed class HostBaseTests : IDisposable
{
    private readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void A_directory_is_read_where_it_lies()
    {
        Directory.CreateDirectory(_temp["root/etc"]);
        File.WriteAllText(_temp["root/etc/motd"], "hello\n");
        File.SetLastWriteTimeUtc(_temp["root/etc/motd"], new DateTime(2033, 5, 18, 3, 33, 20, DateTimeKind.Utc));
        using ResolvedBase first = BaseResolver.Resolve(new DirectoryBase { Path = "root" }, Options());
        Assert.Equal("hello\n", first.Tree.ReadText("/etc/motd"));
        Assert.Equal(2_000_000_000, first.Epoch);
        using ResolvedBase again = BaseResolver.Resolve(new DirectoryBase { Path = "root" }, Options());
        Assert.Equal(first.Identity, again.Identity);
        Tool.Check("chmod", "600", _temp["root/etc/motd"]);
        using ResolvedBase changed = BaseResolver.Resolve(new DirectoryBase { Path = "root" }, Options());
        Assert.NotEqual(first.Identity, changed.Identity);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("gzip")]
    [InlineData("xz")]
    [InlineData("zstd")]
    public void An_archive_is_read_plain_or_compressed(string compression)
    {
        var tree = new FileTree();
        tree.Set("/etc/motd", new FileInode(Blob.FromText("hello\n")) { ModifiedTime = new Timestamp(1234) });
        Blob archive = TarWriter.Write(tree);
        File.WriteAllBytes(_temp["base"], compression switch
        {
            "gzip" => Compressors.Gzip().Compress(archive),
            "xz" => Compressors.Xz(1).Compress(archive),
            "zstd" => Compressors.Zstd().Compress(archive),
            _ => archive.ToArray(),
        });
        using ResolvedBase resolved = BaseResolver.Resolve(new TarBase { Path = "base" }, Options());
        Assert.Equal("hello\n", resolved.Tree.ReadText("/etc/motd"));
        Assert.Equal(1234, resolved.Epoch);
        Assert.Equal(64, resolved.Identity.Length);
    }

    [Fact]
    public void A_base_that_is_missing_or_damaged_is_named()
    {
        Assert.Contains(_temp["none"], Assert.Throws<BuildException>(() => BaseResolver.Resolve(new TarBase { Path = "none" }, Options())).Message, StringComparison.Ordinal);
        Assert.Contains(_temp["none"], Assert.Throws<BuildException>(() => BaseResolver.Resolve(new DirectoryBase { Path = "none" }, Options())).Message, StringComparison.Ordinal);
        File.WriteAllText(_temp["text"], new string('x', 5000));
        Assert.Contains("no tar archive", Assert.Throws<BuildException>(() => BaseResolver.Resolve(new TarBase { Path = "text" }, Options())).Message, StringComparison.Ordinal);
    }

    private BaseResolveOptions Options() => new() { Directory = _temp.Path, CacheDirectory = _temp["cache"] };
}
