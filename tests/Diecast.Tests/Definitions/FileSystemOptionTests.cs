using Diecast.Definitions;

namespace Diecast.Tests.Definitions;

/// <summary>Options of file systems, as they are read and refused.</summary>
public sealed class FileSystemOptionTests
{
    private const string Start = "name: disk\nimage:\n  partitions:\n    - size: 64M\n      fileSystem: ";

    /// <summary>A file system, the path of the fault in it, and what is said.</summary>
    public static TheoryData<string, string, string, string> Faults => new()
    {
        { "{ type: ext4, profile: modren }", "profile", "no profile of ext4", "did you mean modern?" },
        { "{ type: ext4, profile: Modern }", "profile", "not a profile", "take one of them" },
        { "{ type: ext4, features: [^metadata_cum] }", "features[0]", "no feature that can be made", "did you mean metadata_csum?" },
        { "{ type: ext4, features: '64bit,^flexbg' }", "features[1]", "no feature that can be made", "did you mean flex_bg?" },
        { "{ type: ext4, features: [metadata_csum_seed, ^metadata_csum] }", "features", "features that do not go together", "metadata_csum_seed needs metadata_csum" },
        { "{ type: ext4, profile: modern, features: ^has_journal }", "features", "features that do not go together", "orphan_file needs has_journal" },
        { "{ type: ext4, features: '^ext attr' }", "features[0]", "not a feature", "mke2fs's name" },
        { "{ type: ext4, reservedPercent: 51 }", "reservedPercent", "not a share that is possible", "0 to 50" },
        { "{ type: ext4, reservedPercent: 5% }", "reservedPercent", "not a share in percent", "leave the % out" },
        { "{ type: ext4, inodes: 100, bytesPerInode: 8K }", "bytesPerInode", "bytesPerInode beside inodes", "remove one of them" },
        { "{ type: ext4, bytesPerInode: 512 }", "bytesPerInode", "not a share that is possible", "take 16K" },
        { "{ type: ext4, journalSize: 1M }", "journalSize", "journal too small", "which are 4M" },
        { "{ type: ext4, journalSize: no }", "journalSize", "not a size or none", "as in 64M" },
        { "{ type: ext4, blockSize: 3000 }", "blockSize", "not a block size", "1024 or 2048 or 4096 or 8192" },
        { "{ type: ext4, inodeSize: 128 }", "", "options that do not go together", "leave out extra_isize" },
        { "{ type: ext4, lastMounted: mnt }", "lastMounted", "not an absolute path", "starts with /" },
        { "{ type: ext4, label: 01234567890123456 }", "label", "label too long for ext", "at most 16" },
        { "{ type: ext4, fatType: 32 }", "fatType", "option of FAT", "take type: vfat" },
        { "{ type: ext4, volumeId: 0000-0001 }", "volumeId", "option of FAT", "remove it" },
        { "{ type: vfat, features: [64bit] }", "features", "option of ext file systems", "take type: ext4" },
        { "{ type: vfat, reservedPercent: 0 }", "reservedPercent", "option of ext file systems", "vfat, which has no reservedPercent" },
        { "{ type: vfat, fatType: 24 }", "fatType", "not a FAT type", "12 or 16 or 32" },
        { "{ type: vfat, fatType: 12, clusterSize: 512 }", "", "size that the file system cannot have", "67108864" },
        { "{ type: vfat, clusterSize: 3000 }", "clusterSize", "not a cluster that is possible", "from 512 to 64K" },
        { "{ type: vfat, clusterSize: 1K, sectorSize: 2048 }", "clusterSize", "not a cluster that is possible", "from 2K to 64K" },
        { "{ type: vfat, dataAlignment: 32M }", "dataAlignment", "not a boundary that is possible", "from 512 to 16M" },
        { "{ type: vfat, codePage: 1252 }", "codePage", "not a code page", "437 or 850" },
        { "{ type: vfat, volumeId: 1234 }", "volumeId", "not a FAT volume id", "1A2B-3C4D" },
        { "{ type: vfat, volumeId: 1234-5678, uuid: 1c2d3e4f-0000-4000-8000-000000000001 }", "volumeId", "volumeId beside uuid", "remove one of them" },
        { "{ type: vfat, unsupported: ignore }", "unsupported", "not a way to deal with them", "error, skip" },
        { "{ type: vfat, attributes: [{ path: io.sys, set: hidden }] }", "attributes[0].path", "not a path or pattern", "/EFI/**" },
        { "{ type: vfat, attributes: [{ path: /io.sys, set: hiden }] }", "attributes[0].set[0]", "not a FAT attribute", "did you mean hidden?" },
        { "{ type: vfat, attributes: [{ path: /io.sys }] }", "attributes[0]", "rule that does nothing", "add set: or clear:" },
        { "{ type: vfat, attributes: [{ path: /x, set: hidden, clear: hidden }] }", "attributes[0]", "attribute set and cleared", "remove one of them" },
        { "{ type: vfat, sectorsPerTrack: 64 }", "sectorsPerTrack", "not a number of sectors", "1 to 63" },
        { "{ type: vfat, driveNumber: 256 }", "driveNumber", "not a drive number", "0 to 255" },
        { "{ type: vfat, label: 'a.b' }", "label", "character that a FAT label cannot have", "change it" },
        { "{ type: ext4, compression: zstd }", "compression", "option of squashfs, EROFS, ISO 9660 and btrfs", "take type: squashfs" },
        { "{ type: ext4, blockSize: 131072 }", "blockSize", "block too large for ext", "65536" },
        { "{ type: vfat, blockSize: 4096 }", "blockSize", "option of ext file systems, squashfs and EROFS", "vfat, which has no blockSize" },
        { "{ type: squashfs, label: root }", "label", "option of ext file systems, FAT, EROFS, swap, btrfs, XFS and F2FS", "squashfs, which has no label" },
        { "{ type: xfs, label: more-than-twelve }", "label", "label too long for xfs", "at most 12" },
        { "{ type: btrfs, compression: lz4 }", "compression", "a compressor of another file system", "take zstd" },
        { "{ type: btrfs, compression: zstd, compressionLevel: 16 }", "compressionLevel", "no level of the compressor", "zstd has 1 to 15" },
        { "{ type: btrfs, subvolumes: [ / ] }", "subvolumes[0]", "the root as a subvolume", "remove it" },
        { "{ type: btrfs, subvolumes: [ /a, /a ] }", "subvolumes[1]", "subvolume that is there already", "remove it" },
        { "{ type: xfs, subvolumes: [ /a ] }", "subvolumes", "option of btrfs", "take type: btrfs" },
        { "{ type: ext4, mkfsOptions: [ -q ] }", "mkfsOptions", "option of btrfs, XFS and F2FS", "take type: btrfs" },
        { "{ type: swap, label: 0123456789012345 }", "label", "label too long for swap", "at most 15" },
        { "{ type: swap, pageSize: 1024 }", "pageSize", "not a page size", "4096 or 8192" },
        { "{ type: swap, blockSize: 4096 }", "blockSize", "option of ext file systems, squashfs and EROFS", "swap, which has no blockSize" },
        { "{ type: ext4, pageSize: 4096 }", "pageSize", "option of swap", "take type: swap" },
        { "{ type: squashfs, compression: zst }", "compression", "not a compressor", "did you mean zstd?" },
        { "{ type: squashfs, compression: lz4, compressionLevel: 3 }", "", "options that do not go together", "lz4 has no compression levels" },
        { "{ type: squashfs, blockSize: 2048 }", "", "options that do not go together", "4096 to 1048576" },
        { "{ type: squashfs, compression: lz4hc }", "compression", "a compressor of another file system", "squashfs does not have it" },
        { "{ type: erofs, compression: gzip }", "compression", "a compressor of another file system", "erofs does not have it" },
        { "{ type: erofs, compression: lz4, compressionLevel: 3 }", "", "options that do not go together", "the level 3 of Lz4" },
        { "{ type: erofs, chunkSize: 5000 }", "", "options that do not go together", "powers of two" },
        { "{ type: erofs, journalSize: 64M }", "journalSize", "option of ext file systems", "erofs, which has no journalSize" },
        { "{ type: ext4, tailPacking: yes }", "tailPacking", "option of EROFS", "take type: erofs" },
        { "{ type: squashfs, uncompressed: everything }", "uncompressed[0]", "not a part of a squashfs", "inodes, data, fragments, xattrs, ids" },
        { "{ type: ext5 }", "type", "not a type of file system", "did you mean ext2?" },
        { "{ type: ext3, profile: modern }", "profile", "no profile of ext3", "its profiles are ext3" },
        { "{ type: ext2, profile: hrud }", "profile", "no profile of ext2", "did you mean hurd?" },
        { "{ type: ext2, journalSize: 8M }", "journalSize", "journal without the feature has_journal", "take type: ext4" },
        { "{ type: ext2, profile: hurd, features: 64bit }", "features", "features that do not go together", "64bit needs extent" },
        { "{ type: ext2, profile: hurd, features: filetype }", "", "options that do not go together", "the Hurd does not have the feature filetype" },
        { "{ type: ext4, features: bigalloc }", "features[0]", "no feature that can be made", "there are has_journal" },
        { "{ type: ext4, projects: [{ path: /a, id: 7 }] }", "", "options that do not go together", "projects need the feature project" },
        { "{ type: ext4, projects: [{ path: /a }], features: project }", "projects[0].id", "missing", "add id:" },
        { "{ type: ext4, casefold: [/a] }", "", "options that do not go together", "need the feature casefold" },
        { "{ type: ext4, verity: [/a] }", "", "options that do not go together", "need the feature verity" },
        { "{ type: ext4, quotas: [user] }", "", "options that do not go together", "need the feature quota" },
        { "{ type: ext4, quotas: owner, features: quota }", "quotas[0]", "not a type of quota", "user, group, project" },
        { "{ type: ext4, groupsPerFlex: 12 }", "", "options that do not go together", "12 groups" },
        { "{ type: ext4, rootUid: 5 }", "rootUid", "half an owner", "add rootGid:" },
        { "{ type: ext4, errors: remount-ro }", "errors", "not a behaviour", "continue, remount-read-only, panic" },
        { "{ type: ext4, defaultMountOptions: noacl }", "", "options that do not go together", "the default mount option 'noacl'" },
        { "{ type: vfat, quotas: user }", "quotas", "option of ext file systems", "take type: ext4" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_fault_has_its_place_the_rule_and_the_fix(string fileSystem, string key, string message, string advice)
    {
        DefinitionError error = Assert.Single(Assert.Throws<DefinitionException>(() => Yaml.Read(Start + fileSystem)).Errors);
        string path = "image.partitions[0].fileSystem";
        Assert.Equal((key.Length == 0 ? path : $"{path}.{key}", message), (error.Path, error.Message));
        Assert.Contains(advice, $"{error.Rule}; {error.Fix}", StringComparison.Ordinal);
        Assert.Equal(5, error.Position!.Line);
        Assert.True(error.Position.Column >= 19, error.ToString());
    }

    [Fact]
    public void All_faults_of_a_file_system_are_told_at_once()
    {
        var exception = Assert.Throws<DefinitionException>(() => Yaml.Read(Start
            + "{ type: ext4, profile: x, features: [y, ^z_z], journalSize: 1K, clusterSize: 4K, heads: 30 }"));
        Assert.Equal(6, exception.Errors.Count);
    }

    [Fact]
    public void Blocks_of_ext_are_no_smaller_than_the_sectors_of_the_disk()
    {
        string declared = Start + "{ type: ext4, blockSize: 2048 }";
        var exception = Assert.Throws<DefinitionException>(() => Yaml.Read(declared.Replace("image:\n", "image:\n  sectorSize: 4096\n", StringComparison.Ordinal)));
        Assert.Contains("the disk's sectors have 4096 bytes", Assert.Single(exception.Errors).ToString(), StringComparison.Ordinal);
        Assert.Equal(2048, Yaml.Read(declared).Image.Partitions[0].FileSystem!.BlockSize);
    }

    [Fact]
    public void A_list_and_one_text_with_commas_are_the_same()
    {
        Definition one = Yaml.Read(Start + "{ type: ext4, features: '^metadata_csum, ^64bit' }");
        Definition other = Yaml.Read(Start + "{ type: ext4, features: [^metadata_csum, ^64bit] }");
        Assert.Equal(one, other);
        Assert.Equal(
            new PartitionFileSystem { Type = FileSystemType.Ext4, Features = ["^metadata_csum", "^64bit"] },
            one.Image.Partitions[0].FileSystem);
    }

    [Fact]
    public void Options_that_are_not_given_do_not_change_the_digest()
    {
        string bare = DefinitionPrinter.ToYaml(Yaml.Read(Start + "vfat"));
        Assert.EndsWith("fileSystem: vfat\n", bare, StringComparison.Ordinal);
        Assert.Contains("codePage: 437", DefinitionPrinter.ToYaml(Yaml.Read(Start + "{ type: vfat, codePage: 437 }")), StringComparison.Ordinal);
    }
}
