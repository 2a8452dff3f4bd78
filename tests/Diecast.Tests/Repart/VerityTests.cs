using Diecast.Formats.Integrity;
using Diecast.Formats.Partitioning;

namespace Diecast.Tests.Repart;

public sealed class VerityTests
{
    private static readonly (string Name, string Settings)[] Root =
    [
        ("1-data.conf", "Type=root-x86-64\nFormat=erofs\nCopyFiles=/\nVerity=data\nVerityMatchKey=root\nMinimize=best\n"),
        ("2-hash.conf", "Type=root-x86-64-verity\nVerity=hash\nVerityMatchKey=root\nMinimize=best\n"),
    ];

    [Fact]
    public void The_ids_of_both_partitions_are_the_root_hash_that_vouches_for_the_data()
    {
        using var directory = new TempDirectory();
        ContentTests.Write(directory["source"], "file", new string('v', 200_000));
        string definitions = RepartProgram.Define(directory, Root);

        RepartProgram.Result result = RepartProgram.Make(definitions, directory["image"], $"--copy-source={directory["source"]}");

        using var image = new RepartImage(directory["image"]);
        string rootHash = image.Partition(1).Id!.Replace("-", "", StringComparison.Ordinal) + image.Partition(2).Id!.Replace("-", "", StringComparison.Ordinal);
        Assert.Equal(2, result.Output.Split($"\"roothash\" : \"{rootHash}\"").Length - 1);
        Assert.Null(DmVerity.Verify(image.Content(1), image.Content(2), Convert.FromHexString(rootHash)));
        Assert.Equal(Guid.Parse("5b4cf557-8269-4aa1-8669-41f3431271c8"), DmVerity.ReadSuperblock(image.Content(2)).Uuid);
        Assert.Equal(GptAttributes.ReadOnly, image.Partition(1).Attributes);
        Assert.Equal(GptAttributes.ReadOnly, image.Partition(2).Attributes);
    }

    [ToolFact("veritysetup")]
    public void Veritysetup_takes_blocks_of_other_sizes()
    {
        using var directory = new TempDirectory();
        ContentTests.Write(directory["source"], "file", new string('v', 200_000));
        string definitions = RepartProgram.Define(
            directory,
            ("1-data.conf", "Type=root-x86-64\nFormat=ext4\nCopyFiles=/\nVerity=data\nVerityMatchKey=root\nSizeMaxBytes=10G\nMinimize=guess\nSplitName=data\n"),
            ("2-hash.conf", "Type=root-x86-64-verity\nVerity=hash\nVerityMatchKey=root\nVerityDataBlockSizeBytes=4096\nVerityHashBlockSizeBytes=1024\nSplitName=hash\n"));

        RepartProgram.Make(definitions, directory["image.raw"], $"--copy-source={directory["source"]}", "--split=yes");

        using var image = new RepartImage(directory["image.raw"]);
        string rootHash = image.Partition(1).Id!.Replace("-", "", StringComparison.Ordinal) + image.Partition(2).Id!.Replace("-", "", StringComparison.Ordinal);
        Tool.Check("veritysetup", "verify", directory["image.data.raw"], directory["image.hash.raw"], rootHash);
        string superblock = Tool.Check("veritysetup", "dump", directory["image.hash.raw"]);
        Assert.Contains("1024", superblock, StringComparison.Ordinal);
        Assert.Contains("aece282c3c2def3554654f2e7295e770a8ba079339ff8818bd2dcd9a6817f99c", superblock, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hash_partition_without_Minimize_is_as_large_as_the_largest_data_needs()
    {
        using var directory = new TempDirectory();
        ContentTests.Write(directory["source"], "file");
        string definitions = RepartProgram.Define(
            directory,
            ("1-data.conf", "Type=root-x86-64\nCopyFiles=/\nVerity=data\nVerityMatchKey=root\nMinimize=guess\nSizeMaxBytes=10G\n"),
            ("2-hash.conf", "Type=root-x86-64-verity\nVerity=hash\nVerityMatchKey=root\nVerityHashBlockSizeBytes=4096\nVerityDataBlockSizeBytes=4096\n"));

        RepartProgram.Make(definitions, directory["image"], $"--copy-source={directory["source"]}");

        using var image = new RepartImage(directory["image"]);
        // calculate_verity_hash_size() of upstream's own test.
        Assert.Equal(84557824, image.Partition(2).Length);
        Assert.Equal(image.Partition(1).Length / 4096, DmVerity.ReadSuperblock(image.Content(2)).DataBlocks);
    }

    [ToolFact("openssl")]
    public void A_root_hash_is_signed_here_or_elsewhere()
    {
        using var directory = new TempDirectory();
        ContentTests.Write(directory["source"], "file", "text");
        Tool.Check("openssl", "req", "-new", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650", "-subj", "/CN=verity", "-keyout", directory["key"], "-out", directory["cert"]);
        string definitions = RepartProgram.Define(directory, [.. Root, ("3-sig.conf", "Type=root-x86-64-verity-sig\nVerity=signature\nVerityMatchKey=root\nSplitName=sig\n")]);
        string source = $"--copy-source={directory["source"]}";

        RepartProgram.Make(definitions, directory["here.raw"], source, "--split=yes", $"--private-key={directory["key"]}", $"--certificate={directory["cert"]}");
        RepartProgram.Make(definitions, directory["there.raw"], source, "--defer-partitions=root-x86-64-verity-sig");
        using (var image = new RepartImage(directory["there.raw"]))
        {
            string rootHash = string.Concat(image.Table.Partitions.Select(partition => partition.Id)).Replace("-", "", StringComparison.Ordinal);
            File.WriteAllText(directory["hash"], rootHash);
            Tool.Check("openssl", "smime", "-sign", "-in", directory["hash"], "-inkey", directory["key"], "-signer", directory["cert"], "-noattr", "-binary", "-outform", "der", "-out", directory["p7s"]);
            RepartProgram.Result joined = RepartProgram.Run(
                $"--definitions={definitions}", "--dry-run=no", $"--join-signature={rootHash}:{directory["p7s"]}", $"--certificate={directory["cert"]}", $"--seed={RepartProgram.Seed}", source, directory["there.raw"]);
            Assert.True(joined.ExitCode == 0, joined.Error);
        }

        using var here = new RepartImage(directory["here.raw"]);
        using var there = new RepartImage(directory["there.raw"]);
        Assert.Equal(here.Content(2).ToArray(), there.Content(2).ToArray());
        using var certificate = System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPem(File.ReadAllText(directory["cert"]));
        byte[] hash = Convert.FromHexString(File.ReadAllText(directory["hash"]));
        Assert.Null(VeritySignature.Verify(here.Content(3), hash, certificate));
        Assert.Null(VeritySignature.Verify(there.Content(3), hash, certificate));
        Assert.Equal((byte)'}', File.ReadAllBytes(directory["here.sig.raw"])[^1]);
        Assert.Equal(VeritySignature.Length, here.Partition(3).Length);
    }

    [Theory]
    [InlineData("ext4", "guess")]
    [InlineData("erofs", "best")]
    [InlineData("squashfs", "best")]
    [InlineData("ext4", "off")]
    public void What_is_added_to_an_image_has_the_same_bytes_as_in_a_new_one(string format, string size)
    {
        using var directory = new TempDirectory();
        var random = new Random(93);
        for (int i = 0; i < 40; i++)
        {
            byte[] bytes = new byte[random.Next(i % 10 == 0 ? 900_000 : 20_000)];
            random.NextBytes(bytes);
            Directory.CreateDirectory(directory[$"source/{i % 3}"]);
            File.WriteAllBytes(directory[$"source/{i % 3}/{i}"], bytes);
        }

        (string, string)[] added =
        [
            ("1-data.conf", $"Type=root-x86-64\nFormat={format}\nCopyFiles=/\nVerity=data\nVerityMatchKey=root\nMinimize={size}\nSizeMaxBytes=48M\nSplitName=data\n"),
            ("2-hash.conf", "Type=root-x86-64-verity\nVerity=hash\nVerityMatchKey=root\nSplitName=hash\n"),
        ];
        (string, string) first = ("0-first.conf", "Type=linux-generic\nSizeMinBytes=40M\nSizeMaxBytes=40M\n");
        string source = $"--copy-source={directory["source"]}";
        string definitions = RepartProgram.Define(directory, first);
        RepartProgram.Make(definitions, directory["grown.raw"], source, "--size=200M");
        // What was there before must not be in the way.
        using (FileStream old = File.OpenWrite(directory["grown.raw"]))
        {
            old.Position = 42 << 20;
            old.Write(new byte[5 << 20].Select(_ => (byte)0x5a).ToArray());
        }

        RepartProgram.Define(directory, added);
        RepartProgram.Make(definitions, directory["new.raw"], source, "--size=200M", "--split=yes");
        RepartProgram.Result result = RepartProgram.Run($"--definitions={definitions}", "--dry-run=no", $"--seed={RepartProgram.Seed}", source, directory["grown.raw"]);
        Assert.True(result.ExitCode == 0, result.Error);

        using var made = new RepartImage(directory["new.raw"]);
        using var grown = new RepartImage(directory["grown.raw"]);
        byte[] data = made.Content(2).ToArray();
        byte[] hash = made.Content(3).ToArray();
        Assert.Equal(made.Partition(2), grown.Partition(2));
        Assert.Equal(made.Partition(3), grown.Partition(3));
        Assert.True(data.AsSpan().SequenceEqual(grown.Content(2).ToArray()));
        Assert.True(hash.AsSpan().SequenceEqual(grown.Content(3).ToArray()));
        Assert.True(data.AsSpan().SequenceEqual(File.ReadAllBytes(directory["new.data.raw"])));
        Assert.True(hash.AsSpan().SequenceEqual(File.ReadAllBytes(directory["new.hash.raw"])));
        string rootHash = (made.Partition(2).Id! + made.Partition(3).Id).Replace("-", "", StringComparison.Ordinal);
        DmVeritySuperblock superblock = DmVerity.ReadSuperblock(made.Content(3));
        DmVerityTree tree = DmVerity.Build(
            made.Content(2).Slice(0, superblock.DataLength),
            new DmVerityOptions { DataBlockSize = superblock.DataBlockSize, HashBlockSize = superblock.HashBlockSize, Salt = superblock.Salt, Uuid = superblock.Uuid });
        Assert.Equal(rootHash, tree.RootHashText);
        Assert.True(tree.Hash.ToArray().AsSpan().SequenceEqual(hash.AsSpan(0, (int)tree.Hash.Length)));
    }

    [Fact]
    public void A_run_that_fails_once_the_data_is_written_leaves_the_image_as_it_was()
    {
        using var directory = new TempDirectory();
        ContentTests.Write(directory["source"], "file", new string('v', 200_000));
        string definitions = RepartProgram.Define(directory, ("0-first.conf", "Type=linux-generic\nSizeMinBytes=40M\nSizeMaxBytes=40M\n"));
        string source = $"--copy-source={directory["source"]}";
        RepartProgram.Make(definitions, directory["image"], source, "--size=48M");
        byte[] before = File.ReadAllBytes(directory["image"]);
        RepartProgram.Define(directory, [.. Root, ("3-sig.conf", "Type=root-x86-64-verity-sig\nVerity=signature\nVerityMatchKey=root\n")]);
        using (var key = global::System.Security.Cryptography.RSA.Create(2048))
        using (var other = global::System.Security.Cryptography.RSA.Create(2048))
        {
            var request = new global::System.Security.Cryptography.X509Certificates.CertificateRequest(
                "CN=verity", key, global::System.Security.Cryptography.HashAlgorithmName.SHA256, global::System.Security.Cryptography.RSASignaturePadding.Pkcs1);
            using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(80));
            File.WriteAllText(directory["cert"], certificate.ExportCertificatePem());
            File.WriteAllText(directory["key"], other.ExportPkcs8PrivateKeyPem());
        }

        string[] signature = [$"--private-key={directory["key"]}", $"--certificate={directory["cert"]}", source];

        // That the key is another one than the certificate's shows when there is a root hash to sign.
        foreach (string image in new[] { "image", "new" })
        {
            RepartProgram.Result result = RepartProgram.Run(
                [$"--definitions={definitions}", "--dry-run=no", "--size=200M", .. image == "new" ? (string[])["--empty=create"] : [], .. signature, directory[image]]);
            Assert.Equal(1, result.ExitCode);
            Assert.Contains("3-sig.conf: the signature is not by the key of the certificate", result.Error, StringComparison.Ordinal);
        }

        Assert.Equal(["cert", "image", "key", "repart.d", "source"], Directory.EnumerateFileSystemEntries(directory.Path).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));
        byte[] after = File.ReadAllBytes(directory["image"]);
        Assert.Equal(before.Length, after.Length);
        using var disk = new RepartImage(directory["image"]);
        long free = disk.Partition(1).Offset + disk.Partition(1).Length;
        Assert.True(before.AsSpan(0, (int)free).SequenceEqual(after.AsSpan(0, (int)free)));
        Assert.True(before.AsSpan(before.Length - 33 * 512).SequenceEqual(after.AsSpan(before.Length - 33 * 512)));
    }

    [Fact]
    public void A_signature_without_a_key_is_refused()
    {
        using var directory = new TempDirectory();
        ContentTests.Write(directory["source"], "file", "text");
        string definitions = RepartProgram.Define(directory, [.. Root, ("3-sig.conf", "Type=root-x86-64-verity-sig\nVerity=signature\nVerityMatchKey=root\n")]);

        RepartProgram.Result result = RepartProgram.Run($"--definitions={definitions}", "--empty=create", "--size=auto", $"--copy-source={directory["source"]}", directory["image"]);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("3-sig.conf: a verity signature is to be made, and there is no --private-key=", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(directory["image"]));
    }

    [ToolFact("cryptsetup")]
    public void An_encrypted_partition_opens_with_its_key()
    {
        using var directory = new TempDirectory();
        ContentTests.Write(directory["source"], "file", "secret text");
        File.WriteAllText(directory["key"], "passphrase");
        string definitions = RepartProgram.Define(
            directory,
            ("1.conf", $"Type=linux-generic\nLabel=data\nFormat=ext4\nCopyFiles=/file\nEncrypt=key-file\nKeyFile={directory["key"]}\nEncryptKDF=minimal\nEncryptedVolume=vol::opt1:fixate-volume-key\nSizeMinBytes=48M\nSplitName=luks\n"));

        RepartProgram.Make(definitions, directory["image.raw"], $"--copy-source={directory["source"]}", "--split=yes", "--generate-crypttab=/crypttab");

        using var image = new RepartImage(directory["image.raw"]);
        // 32 MiB of headers, and 32 MiB that an ext4 has at the least.
        Assert.Equal(64 << 20, image.Partition(1).Length);
        Formats.Blobs.Blob opened = Luks2.Open(image.Content(1), "passphrase");
        Assert.Equal("secret text", Formats.FileSystems.Ext.ExtFileSystem.Read(opened).ReadText("/file"));
        string dump = Tool.Check("cryptsetup", "luksDump", directory["image.luks.raw"]);
        Assert.Contains("c18c486e-56b5-40e5-a0e4-18f043778732", dump, StringComparison.Ordinal);
        Assert.Contains("luks-data", dump, StringComparison.Ordinal);
        Assert.Contains("allow-discards", dump, StringComparison.Ordinal);
        string key = Tool.Check("cryptsetup", "luksDump", "--dump-volume-key", "-q", "--key-file", directory["key"], directory["image.luks.raw"]);
        byte[] volumeKey = Convert.FromHexString(string.Concat(key[(key.IndexOf("dump:", StringComparison.Ordinal) + 5)..].Where(char.IsAsciiHexDigit)));
        string digest = Convert.ToHexStringLower(System.Security.Cryptography.HMACSHA256.HashData(volumeKey, "cryptsetup:vol:c18c486e-56b5-40e5-a0e4-18f043778732"u8));
        Assert.Contains($"vol UUID=c18c486e-56b5-40e5-a0e4-18f043778732 - opt1,fixate-volume-key={digest}\n", File.ReadAllText(Path.Combine(directory["source"], "crypttab")), StringComparison.Ordinal);
    }

    [ToolTheory("cryptsetup")]
    [InlineData("minimal")]
    [InlineData("argon2id")]
    public void Without_a_key_the_empty_passphrase_opens_it(string kdf)
    {
        using var directory = new TempDirectory();
        string definitions = RepartProgram.Define(directory, ("1.conf", $"Type=linux-generic\nFormat=ext4\nEncrypt=key-file\nEncryptKDF={kdf}\nSizeMinBytes=48M\nSplitName=luks\n"));

        RepartProgram.Make(definitions, directory["image.raw"], "--split=yes");

        File.WriteAllText(directory["empty"], "");
        Tool.Check("cryptsetup", "open", "--test-passphrase", "--key-file", directory["empty"], directory["image.luks.raw"]);
        using var image = new RepartImage(directory["image.raw"]);
        Assert.NotNull(Luks2.Open(image.Content(1), ""));
    }
}
