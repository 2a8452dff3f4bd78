using System.Text;
using Diecast.Bases;
using Diecast.Bases.Nix;
using Diecast.Formats;
using Diecast.Formats.Trees;
using Diecast.Tests.Cli;

namespace Diecast.Tests.Bases;

/// <summary>Closures of stores as bases.</summary>
public sealed class NixBaseTests(SharedNixClosure shared) : IClassFixture<SharedNixClosure>
{
    [Fact]
    public void A_base_is_the_closure_its_database_and_what_keeps_it()
    {
        using var directory = new TempDirectory();
        StoreSample.In(directory);

        using ResolvedBase resolved = Resolve(directory, new NixBase { Paths = [new StorePath { Path = "result" }], Store = Copy });

        FileTree tree = resolved.Tree;
        Assert.Equal((0b1_111_111_101, 30000u), (tree.Find("/nix/store")!.Mode, tree.Find("/nix/store")!.Gid));
        Assert.Equal("library\n", tree.ReadText(StoreSample.Library + "/lib/l.txt"));
        Assert.Null(tree.Find(StoreSample.Other));
        Assert.Equal("10", tree.ReadText("/nix/var/nix/db/schema"));
        Assert.StartsWith("SQLite format 3\0", tree.ReadText("/nix/var/nix/db/db.sqlite"), StringComparison.Ordinal);
        Assert.Equal(StoreSample.Program, tree.RealPath("/nix/var/nix/gcroots/image/" + StoreItemName.NameOf(StoreSample.Program)));
        Assert.Equal(1, resolved.Epoch);
        Assert.All(tree.Walk(), entry => Assert.Equal(1, entry.Inode.ModifiedTime.Seconds));
    }

    [Fact]
    public void A_top_level_is_the_systems_profile_and_a_channel_roots()
    {
        using var directory = new TempDirectory();
        StoreSample.In(directory);

        using ResolvedBase resolved = Resolve(directory, new NixBase { Toplevel = "result", Channel = StoreSample.Other, Store = Copy });

        FileTree tree = resolved.Tree;
        Assert.Equal("system-1-link", Target("/nix/var/nix/profiles/system"));
        Assert.Equal(StoreSample.Program, Target("/nix/var/nix/profiles/system-1-link"));
        Assert.Equal(StoreSample.Program, tree.RealPath("/nix/var/nix/profiles/system"));
        Assert.Equal("", tree.ReadText("/etc/NIXOS"));
        Assert.Null(tree.Find("/run/current-system"));
        Assert.Equal(StoreSample.Other, tree.RealPath("/root/.nix-defexpr/channels"));
        // The profiles keep both.
        Assert.Null(tree.Find("/nix/var/nix/gcroots/image"));
        Assert.Equal("/nix/var/nix/profiles", Target("/nix/var/nix/gcroots/profiles"));

        string Target(string path) => ((SymlinkInode)tree.Find(path)!).Target.ToString();
    }

    [Fact]
    public void The_same_closure_is_the_same_base_and_another_is_not()
    {
        using var directory = new TempDirectory();
        StoreSample.In(directory);
        var program = new NixBase { Toplevel = "result", Store = Copy };
        using ResolvedBase one = Resolve(directory, program);
        using ResolvedBase two = Resolve(directory, program);
        using ResolvedBase other = Resolve(directory, program with { Paths = [new StorePath { Path = StoreSample.Other }] });
        Assert.Equal(one.Identity, two.Identity);
        Assert.NotEqual(one.Identity, other.Identity);
        Assert.Equal(TreeDigest.Compute(one.Tree), TreeDigest.Compute(two.Tree));
    }

    [Fact]
    public void A_copy_that_is_not_what_is_registered_is_refused()
    {
        using var directory = new TempDirectory();
        StoreSample.In(directory);
        File.AppendAllText(directory["store/" + StoreItemName.NameOf(StoreSample.Library) + "/lib/l.txt"], "more");
        var exception = Assert.Throws<BuildException>(() => Resolve(directory, new NixBase { Toplevel = "result", Store = Copy }));
        Assert.Contains($"the hash of {StoreSample.Library} is", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Guix_keeps_its_state_elsewhere()
    {
        using var directory = new TempDirectory();
        StoreSample.In(directory);
        string registration = directory["registration"];
        File.WriteAllText(registration, File.ReadAllText(registration).Replace("/nix/", "/gnu/", StringComparison.Ordinal));
        string system = StoreSample.Library.Replace("/nix/", "/gnu/", StringComparison.Ordinal);

        using ResolvedBase resolved = BaseResolver.Resolve(new GuixBase { System = system, Store = Copy }, new BaseResolveOptions { Directory = directory.Path });

        FileTree tree = resolved.Tree;
        Assert.Equal("7", tree.ReadText("/var/guix/db/schema"));
        Assert.Equal(system, tree.RealPath("/var/guix/profiles/system"));
        Assert.Equal("library\n", tree.ReadText(system + "/lib/l.txt"));
        Assert.Equal(0b1_111_111_101, tree.Find("/gnu/store")!.Mode);
    }

    [RootToolFact("mount", "chroot", "nix-store", "unshare", "/bin/busybox")]
    public void A_binary_cache_of_each_compression_gives_what_the_store_has()
    {
        NixClosure nix = shared.Closure;
        using ResolvedBase store = nix.Resolve(new StoreSource { Directory = "nix/store", Registration = "registration" });
        foreach (string compression in (string[])["xz", "zstd", "gzip", "none", "br", "bzip2"])
        {
            using ResolvedBase cache = nix.Resolve(new StoreSource { BinaryCache = "cache-" + compression, TrustedKeys = [nix.Key] });
            Assert.Equal(Listing(store.Tree), Listing(cache.Tree));
            Assert.Equal(store.Identity, cache.Identity);
        }

        using ResolvedBase url = nix.Resolve(new StoreSource { BinaryCache = $"file://{nix.Directory}/cache-xz?trusted=1" });
        Assert.Equal(Listing(store.Tree), Listing(url.Tree));
    }

    [RootToolFact("mount", "chroot", "nix-store", "unshare", "/bin/busybox")]
    public void What_is_not_signed_or_not_what_was_signed_is_refused()
    {
        NixClosure nix = shared.Closure;
        using var copy = new TempDirectory();
        Tool.Check("cp", "-r", nix.Directory + "/cache-none", copy["cache"]);
        const string Stranger = "test-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=";
        Assert.Contains("is not signed by any of the trusted keys; it is signed by test-1", Fails(Stranger), StringComparison.Ordinal);
        Assert.Contains("is not signed by any of the trusted keys", Fails(nix.Key.Replace("test-1", "test-2", StringComparison.Ordinal)), StringComparison.Ordinal);

        string info = Path.Combine(copy["cache"], StoreItemName.HashOf(nix.Top) + ".narinfo");
        string text = File.ReadAllText(info);
        // A reference less: the signature is of all of them.
        File.WriteAllText(info, string.Join('\n', text.Split('\n').Select(line => line.StartsWith("References: ", StringComparison.Ordinal) ? line[..line.LastIndexOf(' ')] : line)));
        Assert.Contains("is not signed", Fails(nix.Key), StringComparison.Ordinal);
        File.WriteAllText(info, text.Replace("URL: nar/", "URL: ../cache-xz/nar/", StringComparison.Ordinal));
        Assert.Contains("lies outside the binary cache", Fails(nix.Key), StringComparison.Ordinal);
        File.WriteAllText(info, text);
        string archive = Path.Combine(copy["cache"], text.Split('\n').Single(line => line.StartsWith("URL: ", StringComparison.Ordinal))[5..]);
        byte[] bytes = File.ReadAllBytes(archive);
        bytes[^30] ^= 1;
        File.Delete(archive);
        File.WriteAllBytes(archive, bytes);
        Assert.Contains("hash is sha256:", Fails(nix.Key), StringComparison.Ordinal);
        // Without the file's hash the archive's own is what tells.
        File.WriteAllText(info, string.Join('\n', text.Split('\n').Where(line => !line.StartsWith("File", StringComparison.Ordinal))));
        Assert.Contains("the archive's hash is sha256:", Fails(nix.Key), StringComparison.Ordinal);
        File.Delete(info);
        Assert.Contains("is not in the binary cache", Fails(nix.Key), StringComparison.Ordinal);

        string Fails(string key) =>
            Assert.Throws<BuildException>(() => nix.Resolve(new StoreSource { BinaryCache = copy["cache"], TrustedKeys = [key] })).Message;
    }

    [RootToolFact("mount", "chroot", "nix-store", "unshare", "/bin/busybox", "tar")]
    public void Nix_finds_the_image_whole_and_knows_its_references()
    {
        NixClosure nix = shared.Closure;
        using var directory = new TempDirectory();
        File.WriteAllText(directory["image.yaml"], $$"""
            name: closure
            system:
              base: { nix: { paths: [{{nix.Top}}], store: { binaryCache: {{nix.Directory}}/cache-zstd, trustedKeys: ["{{nix.Key}}"] } } }
            image: { type: tarball, compression: none }
            """);
        string[] images = [directory["a.tar"], directory["b.tar"]];
        foreach (string image in images)
        {
            CommandLine.Result built = CommandLine.Run("build", directory["image.yaml"], "-q", "-o", image);
            Assert.True(built.ExitCode == 0, built.Error);
        }

        // Once more, the same bytes, the database among them.
        Assert.Equal(File.ReadAllBytes(images[0]), File.ReadAllBytes(images[1]));
        string root = directory["root"];
        Directory.CreateDirectory(root);
        Tool.Check("tar", "--no-same-owner", "-xpf", images[0], "-C", root);
        string Nix(string arguments) => Tool.Check("sh", "-c", $"NIX_REMOTE='local?root={root}' NIX_CONF_DIR='{nix.Directory}/conf' HOME='{nix.Directory}/home' nix-store {arguments} 2>&1");

        string verified = Nix("--verify --check-contents");
        Assert.DoesNotContain("error", verified, StringComparison.Ordinal);
        Assert.DoesNotContain("modified", verified, StringComparison.Ordinal);
        Assert.Equal(References(nix, nix.Top), Nix($"--query --references {nix.Top}").Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
        Assert.Equal(3, Nix($"--query --requisites {nix.Top}").Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        // What is declared is kept by a root of its own.
        Nix("--gc");
        Assert.True(File.Exists(root + nix.Top + "/bin/speak"));
        NixClosure.Release(root);
    }

    [RootToolFact("mount", "chroot", "nix-store", "unshare", "/bin/busybox", "tar")]
    public void The_closures_program_runs_in_the_image()
    {
        NixClosure nix = shared.Closure;
        using var directory = new TempDirectory();
        File.WriteAllText(directory["image.yaml"], $$"""
            name: closure
            system:
              base: { nix: { paths: [{{nix.Top}}], store: { directory: {{nix.Directory}}/nix/store, registration: {{nix.Directory}}/registration } } }
            image: { type: tarball, compression: none }
            """);
        CommandLine.Result built = CommandLine.Run("build", directory["image.yaml"], "-q", "-o", directory["a.tar"]);
        Assert.True(built.ExitCode == 0, built.Error);
        string root = directory["root"];
        Directory.CreateDirectory(root);
        Tool.Check("tar", "-xpf", directory["a.tar"], "-C", root);

        Assert.Equal("library-text\n", Tool.Check("chroot", root, nix.Top + "/bin/speak"));
        NixClosure.Release(root);
        // The machine's own Nix on the image's store and database, where they belong.
        Assert.DoesNotContain("error", Tool.Check("unshare", "--mount", "sh", "-c", $"mount --make-rprivate / && mount --bind '{root}/nix' /nix && NIX_CONF_DIR='{nix.Directory}/conf' HOME='{nix.Directory}/home' nix-store --verify --check-contents 2>&1"), StringComparison.Ordinal);
    }

    [RootToolFact("mount", "chroot", "nix-store", "unshare", "/bin/busybox")]
    public void A_container_is_for_what_runs_its_script()
    {
        NixClosure nix = shared.Closure;
        using var directory = new TempDirectory();
        File.WriteAllText(directory["image.yaml"], $$"""
            name: closure
            system:
              base: { nix: { paths: [{{nix.Top}}], store: { binaryCache: {{nix.Directory}}/cache-zstd } } }
            image: { type: docker, container: { entrypoint: [{{nix.Top}}/bin/speak] } }
            """);
        CommandLine.Result built = CommandLine.Run("build", directory["image.yaml"], "-q", "-o", directory["a.tar"]);
        Assert.True(built.ExitCode == 0, built.Error);
    }

    [Theory]
    [InlineData("", "there is no StorePath")]
    [InlineData("what", "'what' is no field")]
    [InlineData("StorePath: /nix/store/x", "is no path of a store")]
    [InlineData("StorePath: {path}\nStorePath: {path}", "StorePath is given twice")]
    [InlineData("StorePath: {path}\nNarHash: sha256:00\n", "NarHash is no SHA-256")]
    [InlineData("StorePath: {path}\nNarHash: {hash}\nNarSize: -1\n", "NarSize is no size")]
    [InlineData("StorePath: {path}\nNarHash: {hash}\nNarSize: 1\nReferences: ../x\n", "is no path of a store")]
    [InlineData("StorePath: {path}\nNarHash: {hash}\nNarSize: 1\n", "there is no URL")]
    public void A_narinfo_that_is_none_is_refused(string text, string message)
    {
        string filled = text.Replace("{path}", StoreSample.Library, StringComparison.Ordinal).Replace("{hash}", "sha256:" + new string('0', 52), StringComparison.Ordinal);
        Assert.Contains(message, Assert.Throws<InvalidImageException>(() => NarInfo.Parse(filled)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Guixs_narinfo_names_the_archive_once_for_each_compression()
    {
        NarInfo info = NarInfo.Parse($"""
            StorePath: {StoreSample.Library.Replace("/nix/", "/gnu/", StringComparison.Ordinal)}
            URL: nar/lzip/x
            Compression: lzip
            FileSize: 7
            URL: nar/zstd/x
            Compression: zstd
            NarHash: sha256:{new string('0', 52)}
            NarSize: 96
            References:
            System: x86_64-linux
            Signature: 1;example.org;KHNpZ25hdHVyZSk=

            """);
        Assert.Equal([("nar/lzip/x", "lzip", (long?)7), ("nar/zstd/x", "zstd", null)], info.Files.Select(file => (file.Url, file.Compression, file.Size)));
        Assert.Equal("1;example.org;KHNpZ25hdHVyZSk=", info.GuixSignature);
        Assert.EndsWith("System: x86_64-linux\n", info.GuixSigned, StringComparison.Ordinal);
        Assert.Empty(info.Item.References);
    }

    [Fact]
    public void Mutated_narinfo_files_end_in_a_typed_error_or_in_paths_of_a_store()
    {
        byte[] original = Encoding.ASCII.GetBytes($"""
            StorePath: {StoreSample.Program}
            URL: nar/1h79yq46qm56ls83qm4lfcrlah0r7kp9q7rx088c6cqbl6svyzsm.nar.xz
            Compression: xz
            FileHash: sha256:1h79yq46qm56ls83qm4lfcrlah0r7kp9q7rx088c6cqbl6svyzsm
            FileSize: 288
            NarHash: sha256:02v7ikw59dwj6shqp36l9zmaiy50dlr6bqrrffzay3a40c3wb8v0
            NarSize: 656
            References: {StoreItemName.NameOf(StoreSample.Library)} {StoreItemName.NameOf(StoreSample.Program)}
            Deriver: unknown-deriver
            Sig: test-1:4xEpJiypo6NmdTJlN79EXniml3L88n9itZAL0mcmlBVV6IhwOyeCE+m1/csnN+dR/0ogTVf2kO1UkFuo84n0AQ==

            """);
        Assert.Null(NarInfo.Parse(Encoding.ASCII.GetString(original)).Item.Deriver);
        var random = new Random(20260814);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] mutated = [.. original];
            for (int changes = random.Next(1, 4); changes > 0; changes--)
            {
                int at = random.Next(mutated.Length);
                mutated = random.Next(3) switch
                {
                    0 => [.. mutated[..at], (byte)random.Next(256), .. mutated[(at + 1)..]],
                    1 => [.. mutated[..at], .. mutated[Math.Min(mutated.Length, at + random.Next(40))..], (byte)'\n'],
                    _ => [.. mutated[..at], .. original[random.Next(original.Length)..], .. mutated[at..]],
                };
            }

            try
            {
                NarInfo info = NarInfo.Parse(Encoding.Latin1.GetString(mutated));
                Assert.True(StoreItemName.IsPath(info.Item.Path));
                Assert.All(info.Item.References, reference => Assert.True(StoreItemName.IsPath(reference)));
            }
            catch (InvalidImageException exception)
            {
                Assert.Equal("narinfo", exception.Format);
            }
        }
    }

    private static StoreSource Copy { get; } = new() { Directory = "store", Registration = "registration" };

    private static ResolvedBase Resolve(TempDirectory directory, NixBase source) =>
        BaseResolver.Resolve(source, new BaseResolveOptions { Directory = directory.Path });

    private static string[] References(NixClosure nix, string path) =>
        [.. Registration.Parse(File.ReadAllText(Path.Combine(nix.Directory, "registration")), "r").Single(item => item.Path == path).References];

    private static string[] Listing(FileTree tree) =>
        [.. tree.Walk().Where(entry => !entry.Path.EndsWith("db.sqlite", StringComparison.Ordinal)).Select(entry => $"{entry.Path} {entry.Inode.FullMode} {entry.Inode.Uid} {entry.Inode.Gid} " + entry.Inode switch
        {
            FileInode file => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(file.Content.ToArray())),
            SymlinkInode link => link.Target.ToString(),
            _ => "",
        })];
}
