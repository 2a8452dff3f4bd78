using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.Integrity;
using Diecast.Repart;
using Diecast.Repart.Sources;

namespace Diecast.Tests.Repart;

/// <summary><c>--image=</c> of images that dm-verity protects.</summary>
public sealed class VerityImageTests
{
    private const string Unprotected = "--image-policy=root=unprotected:=open";

    private static readonly (string Name, string Settings)[] Root =
    [
        ("1-data.conf", "Type=root-x86-64\nFormat=erofs\nCopyFiles=/\nVerity=data\nVerityMatchKey=root\nMinimize=best\n"),
        ("2-hash.conf", "Type=root-x86-64-verity\nVerity=hash\nVerityMatchKey=root\nMinimize=best\n"),
    ];

    [Fact]
    public void A_root_is_read_through_its_hashes_by_what_its_UUIDs_say()
    {
        using var directory = new TempDirectory();
        string rootHash = MakeSystem(directory);

        RepartProgram.Result result = Take(directory);

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains($"read through the hashes of partition 2, by the root hash {rootHash} of the partitions' UUIDs", result.Error, StringComparison.Ordinal);
        using var made = new RepartImage(directory["out"]);
        Assert.Equal(Content, ExtFileSystem.Read(made.Content(1)).ReadText("/one"));
    }

    [Fact]
    public void A_damaged_block_of_a_file_ends_the_run_and_is_named()
    {
        using var directory = new TempDirectory();
        MakeSystem(directory);
        long block = Spoil(directory, Content.AsSpan(50_000, 32));

        RepartProgram.Result result = Take(directory);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"partition 1 (root-x86-64): data block {block}, at {block * 4096}, does not have its hash", result.Error.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Contains($"diecast info --verify {directory["system.raw"]}", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(directory["out"]));
        RepartProgram.Result blocks = Take(directory, settings: "Type=root-x86-64\nCopyBlocks=auto\n");
        Assert.Equal(1, blocks.ExitCode);
        Assert.Contains("does not have its hash", blocks.Error, StringComparison.Ordinal);
        // Who asks for no protection gets none.
        Assert.Equal(0, Take(directory, Unprotected).ExitCode);
    }

    [Fact]
    public void A_damaged_block_of_the_file_system_itself_is_named_with_what_to_do()
    {
        using var directory = new TempDirectory();
        MakeSystem(directory);
        using (var image = new RepartImage(directory["system.raw"]))
            Spoil(directory, image.Partition(1).Offset + 1100);

        RepartProgram.Result result = Take(directory);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("data block 0, at 0, does not have", result.Error, StringComparison.Ordinal);
        Assert.Contains("diecast info --verify", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_tree_is_told_from_a_good_one_by_the_UUIDs()
    {
        using var directory = new TempDirectory();
        MakeSystem(directory);
        using (var image = new RepartImage(directory["system.raw"]))
            Spoil(directory, image.Partition(2).Offset + 4096 + 5);

        RepartProgram.Result result = Take(directory);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("its tree has the root hash", result.Error, StringComparison.Ordinal);
        Assert.Contains("the UUIDs of partitions 1 and 2 say", result.Error, StringComparison.Ordinal);
        Assert.Contains("--image-policy=root=unprotected", result.Error, StringComparison.Ordinal);
        Assert.Equal(0, Take(directory, Unprotected).ExitCode);
        Assert.Equal(0, RepartProgram.Run(new Dictionary<string, string> { ["SYSTEMD_DISSECT_VERITY_GUESS"] = "0" }, Arguments(directory)).ExitCode);
    }

    [Fact]
    public void The_root_hash_beside_the_image_is_the_one_that_counts()
    {
        using var directory = new TempDirectory();
        string rootHash = MakeSystem(directory);
        File.WriteAllText(directory["system.roothash"], rootHash + "\n");

        RepartProgram.Result right = Take(directory);
        File.WriteAllText(directory["system.roothash"], new string('7', 64));
        RepartProgram.Result wrong = Take(directory);
        RepartProgram.Result unlooked = RepartProgram.Run(new Dictionary<string, string> { ["SYSTEMD_DISSECT_VERITY_SIDECAR"] = "no" }, Arguments(directory));
        File.WriteAllText(directory["system.roothash"], "what?");
        RepartProgram.Result none = Take(directory);

        Assert.True(right.ExitCode == 0, right.Error);
        Assert.Contains($"{rootHash} of {directory["system.roothash"]}", right.Error.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Equal(1, wrong.ExitCode);
        Assert.Contains("77777777-7777-7777-7777-777777777777", wrong.Error, StringComparison.Ordinal);
        Assert.Contains("belongs to another build", wrong.Error, StringComparison.Ordinal);
        Assert.Equal(0, unlooked.ExitCode);
        Assert.Equal(1, none.ExitCode);
        Assert.Contains("holds no root hash", none.Error, StringComparison.Ordinal);

        // Its halves are those of the UUIDs, and the tree has changed.
        File.WriteAllText(directory["system.roothash"], rootHash);
        using (var image = new RepartImage(directory["system.raw"]))
            Spoil(directory, image.Partition(2).Offset + 4096 + 5);
        RepartProgram.Result spoiled = Take(directory);
        Assert.Equal(1, spoiled.ExitCode);
        Assert.Contains($"has {rootHash}", spoiled.Error.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_two_versions_the_one_whose_root_hash_is_given_is_read()
    {
        using var directory = new TempDirectory();
        ContentTests.Write(directory["source"], "a/one", "old");
        ContentTests.Write(directory["source"], "b/one", "new");
        string definitions = RepartProgram.Define(
            directory,
            ("1.conf", "Type=root-x86-64\nLabel=v1\nFormat=erofs\nCopyFiles=/a:/\nVerity=data\nVerityMatchKey=a\nMinimize=best\n"),
            ("2.conf", "Type=root-x86-64-verity\nLabel=tree\nVerity=hash\nVerityMatchKey=a\nMinimize=best\n"),
            ("3.conf", "Type=root-x86-64\nLabel=v2\nFormat=erofs\nCopyFiles=/b:/\nVerity=data\nVerityMatchKey=b\nMinimize=best\n"),
            ("4.conf", "Type=root-x86-64-verity\nLabel=tree\nVerity=hash\nVerityMatchKey=b\nMinimize=best\n"));
        RepartProgram.Make(definitions, directory["system.raw"], $"--copy-source={directory["source"]}");
        Directory.Delete(definitions, true);
        string old;
        using (var image = new RepartImage(directory["system.raw"]))
            old = RootHashOf(image, 1, 2);

        foreach ((bool isTold, string text) in new[] { (false, "new"), (true, "old") })
        {
            if (isTold)
                File.WriteAllText(directory["system.roothash"], old);
            File.Delete(directory["out"]);
            RepartProgram.Result result = Take(directory);
            Assert.True(result.ExitCode == 0, result.Error);
            using var made = new RepartImage(directory["out"]);
            Assert.Equal(text, ExtFileSystem.Read(made.Content(1)).ReadText("/one"));
        }
    }

    [ToolFact("setfattr")]
    public void An_attribute_of_the_image_comes_before_a_file_beside_it()
    {
        using var directory = new TempDirectory();
        string rootHash = MakeSystem(directory);
        File.WriteAllText(directory["system.roothash"], new string('7', 64));
        Tool.Check("setfattr", "-n", "user.verity.roothash", "-v", rootHash, directory["system.raw"]);
        File.CreateSymbolicLink(directory["link.raw"], directory["system.raw"]);

        RepartProgram.Result result = Take(directory);
        RepartProgram.Result linked = RepartProgram.Run([.. Arguments(directory).Select(argument => argument.Replace("system.raw", "link.raw", StringComparison.Ordinal))]);

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains("of the attribute user.verity.roothash", result.Error.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.True(linked.ExitCode == 0, linked.Error);
        Assert.Contains("of the attribute user.verity.roothash", linked.Error.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    [Fact]
    public void A_usr_of_its_own_is_read_through_its_hashes()
    {
        using var directory = new TempDirectory();
        ContentTests.Write(directory["source"], "usr/two", "2");
        ContentTests.Write(directory["source"], "root/one", "1");
        Directory.CreateDirectory(Path.Combine(directory["source"], "root/usr"));
        string definitions = RepartProgram.Define(
            directory,
            ("1.conf", "Type=root-x86-64\nFormat=ext4\nCopyFiles=/root:/\nMinimize=guess\n"),
            ("2.conf", "Type=usr-x86-64\nFormat=squashfs\nCopyFiles=/usr:/\nVerity=data\nVerityMatchKey=usr\nMinimize=best\n"),
            ("3.conf", "Type=usr-x86-64-verity\nVerity=hash\nVerityMatchKey=usr\nMinimize=best\n"));
        RepartProgram.Make(definitions, directory["system.raw"], $"--copy-source={directory["source"]}");
        Directory.Delete(definitions, true);
        using (var image = new RepartImage(directory["system.raw"]))
            File.WriteAllText(directory["system.usrhash"], RootHashOf(image, 2, 3));
        const string Settings = "Type=linux-generic\nFormat=ext4\nCopyFiles=/one\nCopyFiles=/usr/two:/two\nMinimize=guess\n";

        RepartProgram.Result result = Take(directory, "--image-policy=root=unprotected:usr=verity+squashfs", Settings);

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains($"of {directory["system.usrhash"]}", result.Error.ReplaceLineEndings(" "), StringComparison.Ordinal);
        using (var made = new RepartImage(directory["out"]))
            Assert.Equal("2", ExtFileSystem.Read(made.Content(1)).ReadText("/two"));
        Assert.Equal(1, Take(directory, "--image-policy=root=verity:usr=verity", Settings).ExitCode);
    }

    [ToolFact("openssl")]
    public void A_signature_is_checked_against_the_certificates_that_are_trusted()
    {
        using var directory = new TempDirectory();
        foreach (string name in (string[])["ours", "other"])
            Tool.Check("openssl", "req", "-new", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650", "-subj", $"/CN={name}", "-keyout", directory[name + ".key"], "-out", directory[name + ".crt"]);
        MakeSystem(
            directory,
            [("3-sig.conf", "Type=root-x86-64-verity-sig\nVerity=signature\nVerityMatchKey=root\n")],
            $"--private-key={directory["ours.key"]}",
            $"--certificate={directory["ours.crt"]}");
        string trusted = Directory.CreateDirectory(directory["trust/etc/verity.d"]).FullName;

        (string? refused, string log) = Run("*");
        Assert.Null(refused);
        Assert.Contains("no certificate of verity.d: there are no certificates", log, StringComparison.Ordinal);
        Assert.Contains("of partition 3", log, StringComparison.Ordinal);
        Assert.Contains("no certificates in", Run("root=signed").Refused, StringComparison.Ordinal);
        File.Copy(directory["other.crt"], Path.Combine(trusted, "a.crt"));
        File.WriteAllText(Path.Combine(trusted, "b.crt"), "no certificate");
        Assert.Contains("by another certificate", Run("root=signed").Refused, StringComparison.Ordinal);
        Assert.Null(Run("root=signed+verity").Refused);
        File.Copy(directory["ours.crt"], Path.Combine(trusted, "c.crt"));
        (refused, log) = Run("root=signed");
        Assert.Null(refused);
        Assert.Contains("the signature of partition 3 is by /etc/verity.d/c.crt", log, StringComparison.Ordinal);
        // What is masked is not there.
        Directory.CreateDirectory(directory["trust/usr/lib/verity.d"]);
        File.Move(Path.Combine(trusted, "c.crt"), directory["trust/usr/lib/verity.d/c.crt"]);
        Assert.Null(Run("root=signed").Refused);
        File.WriteAllText(Path.Combine(trusted, "c.crt"), "");
        Assert.NotNull(Run("root=signed").Refused);
        File.Delete(Path.Combine(trusted, "c.crt"));
        Assert.Contains("is of something else", SignedBeside("another hash"), StringComparison.Ordinal);
        using (var image = new RepartImage(directory["system.raw"]))
            Assert.Contains($"the signature of {directory["system.roothash.p7s"]} is by /usr/lib/verity.d/c.crt", SignedBeside(RootHashOf(image, 1, 2)), StringComparison.Ordinal);

        string SignedBeside(string text)
        {
            File.WriteAllText(directory["text"], text);
            Tool.Check("openssl", "smime", "-sign", "-in", directory["text"], "-inkey", directory["ours.key"], "-signer", directory["ours.crt"], "-noattr", "-binary", "-outform", "der", "-out", directory["system.roothash.p7s"]);
            (string? fault, string said) = Run("root=signed");
            return fault ?? said;
        }

        (string? Refused, string Log) Run(string policy)
        {
            var said = new List<string>();
            var log = new RepartLog((_, text) => said.Add(text));
            var options = new RepartOptions { Image = directory["system.raw"], Seed = Guid.Parse(RepartProgram.Seed), ImagePolicy = ImagePolicy.Parse(policy) };
            try
            {
                using var context = new RepartContext(options, _ => null, log, new HostRoot(directory["trust"]));
                Assert.NotNull(context.Root.Find("/one"));
                return (null, string.Join('\n', said));
            }
            catch (BuildException exception)
            {
                return (exception.Message, string.Join('\n', said));
            }
        }
    }

    [Theory]
    [InlineData("*", null)]
    [InlineData("root=verity", null)]
    [InlineData("root=open:=ignore", null)]
    [InlineData("root=verity+erofs+squashfs+read-only-on+growfs-off", null)]
    [InlineData("root=unprotected+encrypted", null)]
    [InlineData("root=verity:root-verity=absent", "there is a partition root-verity, which must be absent")]
    [InlineData("root=signed", "is not signed")]
    [InlineData("root=encrypted", "would be read without protection")]
    [InlineData("root=verity+ext4", "holds erofs")]
    [InlineData("root=verity+read-only-off", "is marked as read-only")]
    [InlineData("root=verity:usr=verity", "there is no partition usr")]
    [InlineData("~", "there is a partition root, which must be absent")]
    [InlineData("-", "no partition has the type of a root")]
    [InlineData("root", "has no equal sign")]
    [InlineData("boot=open", "there is no partition 'boot'")]
    [InlineData("root=safe", "there is no 'safe'")]
    [InlineData("root=open:root=verity", "two rules for 'root'")]
    public void A_policy_is_kept_or_the_image_refused(string policy, string? refused)
    {
        using var directory = new TempDirectory();
        MakeSystem(directory);

        RepartProgram.Result result = Take(directory, $"--image-policy={policy}");

        if (refused is null)
        {
            Assert.True(result.ExitCode == 0, result.Error);
            return;
        }

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(refused, result.Error.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    private static string Content { get; } = string.Concat(Enumerable.Range(0, 20_000).Select(i => (char)('a' + (i * i / 7 % 26)) + i.ToString("D6", System.Globalization.CultureInfo.InvariantCulture)));

    /// <summary>An image of a root under verity; its root hash.</summary>
    private static string MakeSystem(TempDirectory directory, (string Name, string Settings)[]? more = null, params string[] switches)
    {
        ContentTests.Write(directory["source"], "one", Content);
        string definitions = RepartProgram.Define(directory, [.. Root, .. more ?? []]);
        RepartProgram.Make(definitions, directory["system.raw"], [$"--copy-source={directory["source"]}", .. switches]);
        Directory.Delete(definitions, true);
        using var image = new RepartImage(directory["system.raw"]);
        string rootHash = RootHashOf(image, 1, 2);
        Assert.Null(DmVerity.Verify(image.Content(1), image.Content(2), Convert.FromHexString(rootHash)));
        return rootHash;
    }

    private static string RootHashOf(RepartImage image, int data, int hash) =>
        (image.Partition(data).Id + image.Partition(hash).Id).Replace("-", "", StringComparison.Ordinal);

    private static string[] Arguments(TempDirectory directory, string? policy = null, string settings = "Type=linux-generic\nFormat=ext4\nCopyFiles=/one\nMinimize=guess\n")
    {
        string definitions = RepartProgram.Define(directory, ("1.conf", settings));
        File.Delete(directory["out"]);
        return [$"--definitions={definitions}", $"--image={directory["system.raw"]}", "--empty=create", "--size=auto", $"--seed={RepartProgram.Seed}", .. policy is null ? (string[])[] : [policy], directory["out"]];
    }

    private static RepartProgram.Result Take(TempDirectory directory, string? policy = null, string settings = "Type=linux-generic\nFormat=ext4\nCopyFiles=/one\nMinimize=guess\n") =>
        RepartProgram.Run(Arguments(directory, policy, settings));

    /// <summary>Changes a byte of a text that is in the image once; the block of the first partition that it is in.</summary>
    private static long Spoil(TempDirectory directory, ReadOnlySpan<char> text)
    {
        byte[] image = File.ReadAllBytes(directory["system.raw"]);
        int at = image.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(text.ToString()));
        Assert.True(at > 0);
        Spoil(directory, at);
        using var made = new RepartImage(directory["system.raw"]);
        return (at - made.Partition(1).Offset) / 4096;
    }

    private static void Spoil(TempDirectory directory, long at)
    {
        using FileStream file = File.Open(directory["system.raw"], FileMode.Open, FileAccess.ReadWrite);
        file.Position = at;
        int value = file.ReadByte();
        file.Position = at;
        file.WriteByte((byte)(value ^ 1));
    }
}
