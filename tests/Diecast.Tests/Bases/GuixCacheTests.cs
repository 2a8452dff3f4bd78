using Diecast.Bases;
using Diecast.Bases.Nix;
using Diecast.Definitions;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;
using Diecast.Tests.Definitions;

namespace Diecast.Tests.Bases;

/// <summary>
/// Binary caches as <c>guix publish</c> makes them: lzip and other compressions of one archive, and a signature of libgcrypt's, made by
/// libgcrypt itself (gcrypt-signatures.txt beside the tests of the formats).
/// </summary>
public sealed class GuixCacheTests
{
    private const string Item = "/gnu/store/0a1b2c3d4f5g6h7i8j9kalbmcndpq0r1-hello";
    private const string Text = "hello, closure\n";

    /// <summary>What lzip 1.23 makes of the archive.</summary>
    private const string Lzip = "TFpJUAEMAAaANh/vps6/droaek8r6qRTJO2hIwRx/1u/l2m68ym+JEmkcF2PMAtHKBMzvRezszyuOITF/Eam+x2Brb30whaGo+30VmHgvM56//+5xIAAK2GEA4AAAAAAAAAAawAAAAAAAAA=";

    private const string Signed =
        $"StorePath: {Item}\nNarHash: sha256:16i3cr3qkkd5svsmwcb7h061r0kcy2kb4yk058rdq4xxmd3pfymk\nNarSize: 128\nReferences: \n";

    public static TheoryData<string> Keys => ["narinfo", "narinfo-rsa"];

    [Theory]
    [MemberData(nameof(Keys))]
    public void A_path_that_is_signed_by_a_trusted_key_is_read(string name)
    {
        using var directory = new TempDirectory();
        (string key, string signature) = Made(name);
        Write(directory, Signed + Line(signature));
        File.WriteAllText(directory["acl"], $"(acl (entry {key} (tag (guix import))))");
        File.WriteAllText(directory["signing-key.pub"], key);

        foreach (string trusted in (string[])[key, "acl", "signing-key.pub", directory["acl"]])
        {
            using ResolvedBase resolved = Resolve(directory, trusted);
            Assert.Equal(Text, resolved.Tree.ReadText(Item));
            Assert.StartsWith("SQLite format 3\0", resolved.Tree.ReadText("/var/guix/db/db.sqlite"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Keys_that_have_not_signed_it_or_may_not_sign_what_is_imported_are_not_enough()
    {
        using var directory = new TempDirectory();
        (string key, string signature) = Made("narinfo");
        Write(directory, Signed + Line(signature));
        string other = Made("narinfo-rsa").Key;

        Assert.Contains("is not signed by any of the trusted keys; it is signed by example.org", Fails(directory, other), StringComparison.Ordinal);
        Assert.Contains("is not signed by any", Fails(directory, "cache-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY="), StringComparison.Ordinal);
        Assert.Contains("is no public key", Fails(directory, $"(acl (entry {key} (tag (guix other))))"), StringComparison.Ordinal);
        Assert.Contains("is no public key", Fails(directory, "(public-key"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("NarSize: 128", "NarSize: 129")]
    [InlineData("References: ", "References: 0a1b2c3d4f5g6h7i8j9kalbmcndpq0r1-hello")]
    [InlineData("Signature: 1;", "Signature: 2;")]
    [InlineData("Signature: ", "signature: ")]
    [InlineData("Signature: ", "Deriver: Signature:\nSignature: ")]
    [InlineData("Signature: 1;example.org;", "Signature: 1;example.org;!")]
    public void Whatever_was_signed_cannot_be_another(string find, string replace)
    {
        using var directory = new TempDirectory();
        (string key, string signature) = Made("narinfo");
        Write(directory, (Signed + Line(signature)).Replace(find, replace, StringComparison.Ordinal));
        Assert.Matches("is not signed by any|is no path of a store", Fails(directory, key));
    }

    [Fact]
    public void What_stands_behind_the_signature_is_not_signed()
    {
        using var directory = new TempDirectory();
        (string key, string signature) = Made("narinfo");
        string[] lines = Signed.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (string line in lines.Where(line => !line.StartsWith("NarSize", StringComparison.Ordinal)))
        {
            Write(directory, string.Join('\n', lines.Except([line])) + "\n" + Line(signature) + line + "\n");
            Assert.Contains("is not signed by any", Fails(directory, key), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Archives_of_lzip_are_held_to_their_hashes()
    {
        using var directory = new TempDirectory();
        Write(directory, Signed);
        using (ResolvedBase resolved = Resolve(directory))
            Assert.Equal(Text, resolved.Tree.ReadText(Item));

        byte[] archive = Convert.FromBase64String(Lzip);
        archive[^30] ^= 1;
        File.WriteAllBytes(directory["cache/nar/lzip/hello"], archive);
        Assert.Contains("lzip: ", Fails(directory), StringComparison.Ordinal);
        // Another archive of the right form is not what the hash says.
        File.WriteAllText(directory["cache/" + StoreItemName.HashOf(Item) + ".narinfo"], Narinfo(Signed).Replace("16i3cr3q", "16i3cr3p", StringComparison.Ordinal));
        File.WriteAllBytes(directory["cache/nar/lzip/hello"], Convert.FromBase64String(Lzip));
        Assert.Contains("the archive's hash is", Fails(directory), StringComparison.Ordinal);
    }

    [Fact]
    public void The_archive_that_was_signed_is_that_of_the_text() =>
        Assert.Contains(NixHash.OfNar(new FileInode(Blob.FromText(Text)), CancellationToken.None).Hash.Base32, Signed, StringComparison.Ordinal);

    [Theory]
    [InlineData("no-such-file", "trustedKeys[0]", "no such file")]
    [InlineData("name:short", "trustedKeys[0]", "not a public key of a binary cache")]
    public void A_definition_names_keys_that_there_are(string key, string path, string message)
    {
        using var directory = new TempDirectory();
        Write(directory, Signed);
        DefinitionError error = Yaml.Error($"system: {{ base: {{ guix: {{ paths: [{Item}], store: {{ binaryCache: {directory["cache"]}, trustedKeys: ['{key}'] }} }} }}, hostName: x }}\nimage: {{ type: docker }}\n");
        Assert.EndsWith(path, error.Path, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private static string Line(string signature) => $"Signature: 1;example.org;{signature}\n";

    private static string Narinfo(string text) => text + "URL: nar/lzip/hello\nCompression: lzip\nURL: nar/unknown/hello\nCompression: unknown\n";

    private static void Write(TempDirectory directory, string text)
    {
        Directory.CreateDirectory(directory["cache/nar/lzip"]);
        File.WriteAllText(directory["cache/nix-cache-info"], "StoreDir: /gnu/store\nWantMassQuery: 0\nPriority: 100\n");
        File.WriteAllText(directory["cache/" + StoreItemName.HashOf(Item) + ".narinfo"], Narinfo(text));
        File.WriteAllBytes(directory["cache/nar/lzip/hello"], Convert.FromBase64String(Lzip));
    }

    private static (string Key, string Signature) Made(string name)
    {
        string[] fields = File.ReadAllLines(Checkout.PathOf("tests/Diecast.Formats.Tests/Integrity/Signatures/gcrypt-signatures.txt"))
            .Select(line => line.Split(' ')).Single(fields => fields[0] == name);
        return (System.Text.Encoding.ASCII.GetString(Convert.FromBase64String(fields[1])), fields[3]);
    }

    private static ResolvedBase Resolve(TempDirectory directory, params string[] keys) => BaseResolver.Resolve(
        new GuixBase { Paths = [new StorePath { Path = Item }], Store = new StoreSource { BinaryCache = "cache", TrustedKeys = [.. keys] } },
        new BaseResolveOptions { Directory = directory.Path, CacheDirectory = directory["work"] });

    private static string Fails(TempDirectory directory, params string[] keys) =>
        Assert.Throws<BuildException>(() => Resolve(directory, keys)).Message;
}
