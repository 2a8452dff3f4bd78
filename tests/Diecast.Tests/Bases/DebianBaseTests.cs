using Diecast.Bases;
using Diecast.Formats;
using Diecast.Formats.Trees;

namespace Diecast.Tests.Bases;

public sealed class DebianBaseTests : IDisposable
{
    private readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [ToolFact("mmdebstrap", "dpkg-deb")]
    public void A_base_is_installed_once_and_then_comes_from_the_cache()
    {
        LocalArchive archive = Archive();
        using (ResolvedBase first = BaseResolver.Resolve(Request(archive), Options()))
        {
            Assert.Equal(BaseOrigin.Installed, first.Origin);
            Assert.Equal(1763199845, first.Epoch);
            Assert.Equal("hello\n", first.Tree.ReadText("/etc/hello"));
            Assert.NotNull(first.Tree.ReadText("/var/lib/dpkg/status"));
            using ResolvedBase second = BaseResolver.Resolve(Request(archive), Options());
            Assert.Equal(BaseOrigin.Cache, second.Origin);
            Assert.Equal(first.Identity, second.Identity);
            Assert.Equal(TreeDigest.Compute(first.Tree), TreeDigest.Compute(second.Tree));
            Assert.DoesNotContain(first.Tree.Walk(), e => e.Inode.ModifiedTime > new Timestamp(first.Epoch!.Value));
        }

        archive.Publish("Sun, 16 Nov 2025 09:44:05 UTC");
        using (ResolvedBase offline = BaseResolver.Resolve(Request(archive), Options() with { Network = NetworkPolicy.Offline }))
            Assert.Equal((BaseOrigin.Cache, 1763199845L), (offline.Origin, offline.Epoch!.Value));
        using ResolvedBase later = BaseResolver.Resolve(Request(archive), Options());
        Assert.Equal((BaseOrigin.Installed, 1763286245L), (later.Origin, later.Epoch!.Value));
        Assert.Equal("hello\n", later.Tree.ReadText("/etc/hello"));
    }

    [ToolFact("mmdebstrap", "dpkg-deb")]
    public void An_archive_that_moves_during_the_installation_is_installed_again()
    {
        LocalArchive archive = Archive();
        bool moved = false;
        var lines = new Recorder(line =>
        {
            if (!moved && line.Contains("installing essential packages", StringComparison.Ordinal))
            {
                moved = true;
                archive.Publish("Mon, 17 Nov 2025 09:44:05 UTC");
            }
        });
        using ResolvedBase resolved = BaseResolver.Resolve(Request(archive), Options() with { Messages = lines });
        Assert.True(moved);
        Assert.Equal(1763372645, resolved.Epoch);
        Assert.Single(Directory.GetFileSystemEntries(_temp["cache/debian"]));
    }

    [ToolFact("mmdebstrap", "dpkg-deb")]
    public void An_unknown_package_is_told_with_the_log_and_leaves_nothing()
    {
        LocalArchive archive = Archive();
        var exception = Assert.Throws<BuildException>(
            () => BaseResolver.Resolve(Request(archive) with { ExtraPackages = ["no-such-package"] }, Options()));
        Assert.Contains("no-such-package", exception.Message, StringComparison.Ordinal);
        Assert.Contains("no-such-package", File.ReadAllText(exception.Log!), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_temp["cache/debian"]));
    }

    [ToolFact("mmdebstrap", "dpkg-deb")]
    public void A_cancelled_installation_leaves_no_process_and_no_file()
    {
        LocalArchive archive = Archive();
        using var cancellation = new CancellationTokenSource();
        DebianRequest request = Request(archive) with
        {
            Hooks = [new DebianHook(DebianHookStage.Setup, "echo cancel-me >&2; sleep 987654")],
        };
        var lines = new Recorder(line =>
        {
            if (line == "cancel-me")
                cancellation.Cancel();
        });
        Assert.ThrowsAny<OperationCanceledException>(() => BaseResolver.Resolve(request, Options() with { Messages = lines }, cancellation.Token));
        Assert.Empty(Directory.GetFileSystemEntries(_temp["cache/debian"]));
        Assert.NotEqual(0, Tool.Run("pgrep", "-f", "^sleep 987654").ExitCode);
        string root = lines.Lines.Single(l => l.Contains("as tempdir", StringComparison.Ordinal)).Split(' ')[2];
        Assert.False(Directory.Exists(root), root + " is still there");
    }

    [ToolFact("mmdebstrap")]
    public void Debian_itself_is_installed_from_the_network()
    {
        var request = new DebianRequest
        {
            Base = new DebianBase { Suite = "trixie", Variant = DebianVariant.Essential },
            DebconfSelections = ["tzdata tzdata/Areas select Europe", "tzdata tzdata/Zones/Europe select Paris's"],
        };
        using ResolvedBase resolved = BaseResolver.Resolve(request, Options());
        FileTree tree = resolved.Tree;
        Assert.Contains("VERSION_CODENAME=trixie", tree.ReadText("/etc/os-release"), StringComparison.Ordinal);
        Assert.NotNull(tree.ResolveFile("/bin/sh"));
        Assert.Null(tree.Find("/etc/hostname"));
        Assert.Null(tree.Find("/etc/resolv.conf"));
        Assert.Contains("deb http://deb.debian.org/debian trixie main", tree.ReadText("/etc/apt/sources.list"), StringComparison.Ordinal);
        Assert.Contains("trixie-security", tree.ReadText("/etc/apt/sources.list"), StringComparison.Ordinal);
        Assert.Contains(tree.Walk(), e => e.Inode.Gid is > 0 and < 1000);
    }

    [Fact]
    public void Without_an_answer_the_archive_is_named()
    {
        var request = new DebianRequest { Base = new DebianBase { Suite = "local", Mirror = "http://127.0.0.1:1/debian" } };
        var exception = Assert.Throws<BuildException>(() => BaseResolver.Resolve(request, Options()));
        Assert.Contains("http://127.0.0.1:1/debian", exception.Message, StringComparison.Ordinal);
        Assert.NotNull(exception.Fix);
    }

    [Fact]
    public void A_suite_that_is_not_there_is_named()
    {
        LocalArchive archive = Archive();
        var request = new DebianRequest { Base = new DebianBase { Suite = "trixy", Mirror = archive.Mirror } };
        Assert.Contains("trixy", Assert.Throws<BuildException>(() => BaseResolver.Resolve(request, Options())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Offline_without_an_entry_is_an_error()
    {
        var request = new DebianRequest { Base = new DebianBase { Suite = "local", Mirror = "http://127.0.0.1:1/debian" } };
        var exception = Assert.Throws<BuildException>(() => BaseResolver.Resolve(request, Options() with { Network = NetworkPolicy.Offline }));
        Assert.Contains("offline", exception.Message, StringComparison.Ordinal);
    }

    private LocalArchive Archive()
    {
        var archive = new LocalArchive(_temp["archive"]);
        archive.Add("hello", ("etc/hello", "hello\n"));
        archive.Publish();
        return archive;
    }

    private static DebianRequest Request(LocalArchive archive) => new()
    {
        Base = new DebianBase
        {
            Suite = "local",
            Variant = DebianVariant.Custom,
            Architecture = "amd64",
            Packages = ["base-files", "hello"],
            Mirror = archive.SourceLine,
        },
    };

    private BaseResolveOptions Options() => new()
    {
        CacheDirectory = _temp["cache"],
        LogDirectory = _temp["logs"],
    };

    private sealed class Recorder(Action<string> report) : IProgress<string>
    {
        internal List<string> Lines { get; } = [];

        public void Report(string value)
        {
            Lines.Add(value);
            report(value);
        }
    }
}
