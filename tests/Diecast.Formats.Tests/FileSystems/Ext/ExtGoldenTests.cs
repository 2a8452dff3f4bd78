using System.Security.Cryptography;
using Diecast.Formats.FileSystems;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Ext;

/// <summary>The bytes of the output are a promise: a change here is a change for every user, and stands in the changelog.</summary>
public class ExtGoldenTests
{
    private const string Plan =
        """
        ext4 profile default
        features has_journal ext_attr resize_inode dir_index filetype extent 64bit flex_bg sparse_super large_file huge_file dir_nlink extra_isize metadata_csum
        uuid 0c0ffee0-1234-4567-89ab-0123456789ab hash seed 915ac444-3de3-6fe0-f05e-e3c8e74d4c4c signed
        label 'golden' time 1700000000
        length 27992064: 6834 blocks of 4096, 5597 free, 341 reserved
        inodes 1712 of 256 bytes, 1676 free
        group 0: blocks 0+6834 superblock 0 descriptors +1 reserved +3 bitmaps 5 6 inode table 7+107 free 5597 blocks 1676 inodes
        inode 8 (journal) 100600 0:0 links 1 size 4194304 0+1024@114
        inode 7 (resize) block 1138
        inode 2 / 40755 0:0 links 7 size 4096 0+1@1139
        inode 12 /a 40755 0:0 links 3 size 4096 0+1@1144
        inode 13 /a/b 40755 0:0 links 3 size 4096 0+1@1145
        inode 14 /a/b/c 40755 0:0 links 3 size 4096 0+1@1146
        inode 15 /a/b/c/d 40755 0:0 links 3 size 4096 0+1@1147
        inode 16 /a/b/c/d/e 40755 0:0 links 3 size 4096 0+1@1148
        inode 17 /a/b/c/d/e/f 40755 0:0 links 2 size 4096 0+1@1149
        inode 18 /aclDirectory 40755 0:0 links 2 size 4096 0+1@1150
        inode 19 /dev 40755 0:0 links 2 size 4096 0+1@1151
        inode 20 /dev/big 60600 0:0 links 1 size 0
        inode 21 /dev/null 20666 0:0 links 1 size 0
        inode 22 /dev/pipe 10600 0:0 links 1 size 0
        inode 23 /dev/socket 140600 0:0 links 1 size 0
        inode 24 /empty 100644 0:0 links 1 size 0
        inode 25 /etc 40755 0:0 links 2 size 4096 0+1@1152
        inode 26 /etc/fast 120777 0:0 links 1 size 59
        inode 27 /etc/hard2 107777 70000:80000 links 2 size 4 0+1@1153
        inode 28 /etc/link 120777 0:0 links 1 size 8
        inode 29 /etc/slow 120777 0:0 links 1 size 60 0+1@1154
        inode 30 /etc/slowest 120777 0:0 links 1 size 1023 0+1@1155
        inode 27 again /hard1
        inode 31 /hole 100644 0:0 links 1 size 1000000
        inode 32 /large 100755 0:0 links 1 size 300001 0+74@1156
        inode 11 /lost+found 40700 0:0 links 2 size 16384 0+4@1140
        inode 33 /small 100644 0:0 links 1 size 6 0+1@1230
        inode 34 /sparse 100644 0:0 links 1 size 10000000 0+1@1231 976+2@1232 2441+1@1234
        inode 35 /xattrs 100644 0:0 links 1 size 10 0+1@1235 xattrs@1236
        inode 36 /xattrs2 100644 0:0 links 1 size 0 xattrs@1236
        """;

    [Fact]
    public void A_small_tree_has_this_plan_and_these_bytes()
    {
        ExtPlan plan = ExtFileSystem.Plan(ExtTrees.AllTypes(), ExtImage.Options with { Label = "golden", FreeBytes = 20 << 20, LastMounted = "/" });
        using var text = new StringWriter { NewLine = "\n" };
        plan.Print(text);
        Assert.Equal(Plan, text.ToString().TrimEnd('\n'));
        Assert.Equal("6190578a33c08c25ed37fb82e27a42fb2d5b1013ff77936810c2dd9cd4f90847", Convert.ToHexStringLower(SHA256.HashData(plan.ToBlob().ToArray())));
    }

    [Theory]
    [InlineData("modern", "206eb52a5bf62d8778ba081b2fb51d30ab49546354b0bd97d3dbaaf73825373e")]
    [InlineData("compat", "99b455c591751dd8061e98c43e09e9508f560c5002163b44cdf5507a05786d4c")]
    public void Other_profiles_have_these_bytes(string profile, string hash)
    {
        ExtPlan plan = ExtFileSystem.Plan(ExtTrees.AllTypes(), ExtImage.Options with { Profile = ExtProfile.Find(profile)!, FreeBytes = 20 << 20 });
        Assert.Equal(hash, Convert.ToHexStringLower(SHA256.HashData(plan.ToBlob().ToArray())));
    }

    [Theory]
    [InlineData(VerityAlgorithm.Sha256, 4096, 0, "4145e7d610d9077c4a9714b47c73719b826b33ec8f1410ca94447061c67180df")]
    [InlineData(VerityAlgorithm.Sha512, 1024, 32, "bb57a1360427967865d67ab8dcd34dc54d0800e4e39a8417b429c82714574934")]
    public void Protected_files_have_these_bytes(VerityAlgorithm algorithm, int blockSize, int saltSize, string hash)
    {
        ExtPlan plan = ExtFileSystem.Plan(ExtTrees.AllTypes(), ExtImage.Options with
        {
            Profile = ExtProfile.Modern.With("verity"),
            VerityFiles = ["/"],
            Verity = new VerityOptions { Algorithm = algorithm, BlockSize = blockSize, Salt = ExtImage.Bytes(saltSize) },
            FreeBytes = 20 << 20,
        });
        AssertHash(hash, plan);
    }

    [Theory]
    [InlineData("ext2", "4f2db1bb8976a0fb934b595c342ec922e02452f8c82bb1f7847a838b7b5fbc72")]
    [InlineData("ext3", "159c543f8e647109f06d97685920929f539cd92729571d4d7a3144e188bdf16a")]
    [InlineData("hurd", "1b98d48d455d88b29143483c49283177e5b43642034716180d8ed6554f9c19d7")]
    [InlineData("modern,quota,project,casefold,inline_data,ea_inode", "f8ebc646af2d981eefd3230c32efd977c6419d220e7051f0a8d23739b5acdfdd")]
    public void Other_features_have_these_bytes(string profile, string hash)
    {
        string[] names = profile.Split(',');
        FileTree tree = ExtTrees.AllTypes();
        if (profile == "hurd")
        {
            // What inodes of 128 bytes have no place for.
            tree = new FileTree();
            foreach (string path in (string[])["/small", "/large", "/sparse", "/etc/link", "/etc/slow"])
                tree.Set(path, ExtTrees.AllTypes().Find(path)!);
        }

        ExtPlan plan = ExtFileSystem.Plan(tree, ExtImage.Options with { Profile = ExtProfile.Find(names[0])!.With(names[1..]), FreeBytes = 20 << 20 });
        AssertHash(hash, plan);
    }

    private static void AssertHash(string expected, ExtPlan plan)
    {
        string actual = Convert.ToHexStringLower(SHA256.HashData(plan.ToBlob().ToArray()));
        Assert.True(expected == actual, $"the hash is {actual}");
    }

    [Fact]
    public void Profiles_take_changes_by_mke2fs_names()
    {
        ExtProfile profile = ExtProfile.Default.With("^resize_inode", "large_dir");
        Assert.Equal("default,^resize_inode,large_dir", profile.Name);
        Assert.Equal(
            ExtProfile.Default.FeatureNames.Except(["resize_inode"]).Append("large_dir").Order(StringComparer.Ordinal),
            profile.FeatureNames.Order(StringComparer.Ordinal));
        Assert.Equal(profile, ExtProfile.Default.With("^resize_inode", "large_dir"));
        Assert.Throws<ArgumentException>(() => ExtProfile.Default.With("bigalloc"));
        Assert.Throws<ArgumentException>(() => ExtProfile.Default.With("^extent"));
        Assert.Throws<ArgumentException>(() => ExtProfile.Ext2.With("^sparse_super"));
        Assert.Throws<ArgumentException>(() => ExtProfile.Ext2.With("meta_bg"));
        Assert.Empty(ExtProfile.Ext2.With("none").FeatureNames);
        Assert.Throws<ArgumentException>(() => ExtProfile.Default.With("uninit_bg"));
        Assert.Throws<ArgumentException>(() => ExtProfile.Modern.With("^has_journal"));
        Assert.Null(ExtProfile.Find("nothing"));
    }

    [Fact]
    public void Options_that_make_no_file_system_are_refused()
    {
        ExtOptions options = ExtImage.Options;
        foreach (ExtOptions wrong in new[]
        {
            options with { BlockSize = 12288 }, options with { BlockSize = 1 << 17 }, options with { BlockSize = 0 }, options with { InodeSize = 100 }, options with { InodeSize = 128 },
            options with { Label = "seventeen bytes !" }, options with { Label = "ééééééééé" }, options with { ReservedPercent = 51 },
            options with { FreeBytes = -1 }, options with { JournalSize = 4096 }, options with { BytesPerInode = 0 },
            options with { LastMounted = new string('/', 64) }, options with { Size = 3L << 50 },
        })
        {
            Assert.Throws<UnrepresentableException>(() => ExtFileSystem.Plan(new FileTree(), wrong));
        }
    }
}
