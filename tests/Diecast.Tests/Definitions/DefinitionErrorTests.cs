using Diecast.Definitions;

namespace Diecast.Tests.Definitions;

/// <summary>Each fault is told once, at its place, with the rule and the fix.</summary>
public sealed class DefinitionErrorTests
{
    private const string Hash = "$6$saltsalt$qFmFH.bQmmtXzyBY0s9v7Oicd2z4XSIecDzlB5KiA2/jctKu9YterLp8wwnSq.qc.eoxqOmSuNp2xS0ktL3nh/";
    private const string Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";

    /// <summary>A partition's keys, the path of the fault in it, and what is said.</summary>
    public static TheoryData<string, string, string> PartitionFaults => new()
    {
        { "size: 4Q", ".size", "not a size or auto" },
        { "size: 10MB", ".size", "not a size or auto" },
        { "size: 0", ".size", "no room at all" },
        { "size: 1000", ".size", "not a multiple of the sector" },
        { "offset: 1000001", ".offset", "not a multiple of the sector" },
        { "offset: 17K", "", "" },
        { "offset: 16K", ".offset", "partition in the table's place" },
        { "alignment: 0", ".alignment", "not a multiple of the sector" },
        { "minSize: 2G, maxSize: 1G", ".minSize", "larger than maxSize" },
        { "minSize: 1G, maxSize: 1G", "", "" },
        { "size: 1G, minSize: 1G", ".minSize", "minSize beside an exact size" },
        { "size: 1G, free: 1M", ".free", "free beside an exact size" },
        { "weight: -1", ".weight", "not a weight" },
        { "weight: 1000001", ".weight", "not a weight" },
        { "weight: 1000000", "", "" },
        { "weight: x", ".weight", "not a weight" },
        { "uuid: 1234", ".uuid", "not a UUID" },
        { "uuid: 00000000-0000-0000-0000-000000000000", ".uuid", "UUID of zeros" },
        { "bootable: maybe", ".bootable", "not a yes or no" },
        { "attributes: 0x10000000000000000", ".attributes", "not a set of bits" },
        { "type: 0x83", ".type", "MBR type in a GPT" },
        { "type: Linux Data", ".type", "not a partition type" },
        { "label: 123456789012345678901234567890123456", "", "" },
        { "label: 1234567890123456789012345678901234567", ".label", "too long by 1" },
        { "label: \"a\\x07\"", ".label", "control character in the name" },
        { "fileSystem: ext5", ".fileSystem.type", "not a type of file system" },
        { "fileSystem: { label: x }", ".fileSystem.type", "missing" },
        { "fileSystem: [ext4]", ".fileSystem", "a list where a file system belongs" },
        { "fileSystem: { type: ext4, label: 1234567890123456 }", "", "" },
        { "fileSystem: { type: ext4, label: 12345678901234567 }", ".fileSystem.label", "label too long for ext" },
        { "fileSystem: { type: ext4, label: 'ééééééééé' }", ".fileSystem.label", "label too long for ext" },
        { "fileSystem: { type: vfat, label: 12345678901 }", "", "" },
        { "fileSystem: { type: vfat, label: 123456789012 }", ".fileSystem.label", "label too long for FAT by 1" },
        { "fileSystem: { type: vfat, label: A.B }", ".fileSystem.label", "character that a FAT label cannot have" },
        { "mountPoint: /", ".mountPoint", "mount point without a system" },
        { "content: { directory: . }, fileSystem: ext4", "", "" },
        { "content: { raw: . }", ".content", "" },
        { "content: { directory: nowhere }, fileSystem: ext4", ".content.directory.path", "no such directory" },
        { "content: { tar: nowhere.tar }, fileSystem: ext4", ".content.tar.path", "no such file" },
        { "content: { tar: ., raw: . }", ".content", "2 keys where one belongs" },
        { "content: { dir: . }", ".content", "unknown key" },
        { "content: x", ".content", "a single value where content belongs" },
        { "sizes: 1G", ".sizes", "unknown key" },
        { "\"\": 1G", ".", "unknown key" },
    };

    /// <summary>A system's keys, the path of the fault in it, and what is said.</summary>
    public static TheoryData<string, string, string> SystemFaults => new()
    {
        { "hostName: a-b.c", "", "" },
        { "hostName: my host", "hostName", "not a host name" },
        { "hostName: -a", "hostName", "not a host name" },
        { "hostName: " + "a23456789012345678901234567890123456789012345678901234567890123", "", "" },
        { "hostName: " + "a234567890123456789012345678901234567890123456789012345678901234", "hostName", "not a host name" },
        { "hostName: a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t.u.v.w.x.y.z.a.b.c.d.e.f.g", "hostName", "too long by 1" },
        { "timezone: Europe/../Paris", "timezone", "not a time zone" },
        { "locale: english", "locale", "not a locale" },
        { "locale: ca_ES.UTF-8@valencia", "", "" },
        { "keyboard: { variant: x }", "keyboard.layout", "missing" },
        { "keyboard: '$(reboot)'", "keyboard.layout", "not a keyboard layout" },
        { "kernel: { arguments: [root=/dev/sda1] }", "kernel.arguments[0]", "reserved argument" },
        { "kernel: { arguments: [quiet splash] }", "kernel.arguments[0]", "space in an argument" },
        { "kernel: { arguments: ['a=\"b c\"', rootwait] }", "", "" },
        { "kernel: { arguments: quiet }", "kernel.arguments", "a single value where a list of kernel arguments belongs" },
        { "kernel: Linux", "kernel.package", "not a package name" },
        { "bootloader: grub", "bootloader", "boot loader without a kernel" },
        { "bootloader: { kind: grub, timeout: -2 }, kernel: {}", "bootloader.timeout", "not a time in seconds" },
        { "bootloader: lilo, kernel: {}", "bootloader.kind", "not a kind of boot loader" },
        { "initrd: { modules: [ext4.ko] }", "initrd.modules[0]", "not a kernel module" },
        { "groups: [1000]", "groups[0].name", "not a group name" },
        { "groups: [a, a]", "groups[1].name", "group declared twice" },
        { "groups: [{ name: a, gid: 5 }, { name: b, gid: 5 }]", "groups[1].gid", "number of two groups" },
        { "groups: [{ name: a, gid: 4294967295 }]", "groups[0].gid", "not a number of an account" },
        { "users: [{ name: Ada Lovelace }]", "users[0].name", "not a user name" },
        { "users: [{ name: a }, { name: a }]", "users[1].name", "user declared twice" },
        { "users: [{ name: a, uid: 5 }, { name: b, uid: 5 }]", "users[1].uid", "number of two users" },
        { "users: [{ name: a, uid: 0 }]", "users[0].uid", "number of root" },
        { "users: [{ uid: 7 }]", "users[0].name", "missing" },
        { "users: [ada]", "users[0]", "a single value where a user belongs" },
        { "users: [{ name: a, groups: [sudo, b] }, { name: b }]", "", "" },
        { "users: [{ name: a, groups: [sudoers] }]", "users[0].groups[0]", "unknown group" },
        { "users: [{ name: a, group: staff, groups: [a] }]", "users[0].groups[0]", "unknown group" },
        { "users: [{ name: a, groups: [sudo, sudo] }]", "users[0].groups[1]", "group named twice" },
        { "users: [{ name: a, comment: 'a:b' }]", "users[0].comment", "not a comment" },
        { "users: [{ name: a, home: home/a }]", "users[0].home", "not an absolute path" },
        { $"users: [{{ name: a, passwordHash: {Hash} }}]", "", "" },
        { "users: [{ name: a, passwordHash: '!' }]", "", "" },
        { "users: [{ name: a, passwordHash: hunter2 }]", "users[0].passwordHash", "not a password hash" },
        { $"users: [{{ name: a, passwordHash: {Hash[..^1]} }}]", "users[0].passwordHash", "not a password hash" },
        { $"users: [{{ name: a, sshKeys: [{Key} ada, 'restrict,command=\"a b\" {Key}'] }}]", "", "" },
        { "users: [{ name: a, sshKeys: [ssh-ed25519] }]", "users[0].sshKeys[0]", "key without its base64 part" },
        { "users: [{ name: a, sshKeys: [AAAA] }]", "users[0].sshKeys[0]", "no key type where one belongs" },
        { $"users: [{{ name: a, sshKeys: [{Key.Replace("ssh-ed25519", "ssh-rsa")}] }}]", "users[0].sshKeys[0]", "base64 part that is damaged or of another type" },
        { "users: [{ name: a, sudo: always }]", "users[0].sudo", "not a sudo policy" },
        { "services: [a b]", "services[0].enable", "not a unit" },
        { "services: [ssh, { mask: ssh.service }]", "services[1]", "service named twice" },
        { "services: [{ start: ssh }]", "services[0]", "unknown key" },
        { "services: [[ssh]]", "services[0]", "a list where a service belongs" },
        { "files: [{ target: /a }]", "files[0]", "file without content" },
        { "files: [{ target: /a, text: x, link: y }]", "files[0]", "file with more than one content" },
        { "files: [{ target: a, text: x }]", "files[0].target", "not an absolute path" },
        { "files: [{ target: /a/../b, text: x }]", "files[0].target", ".. in a path" },
        { "files: [{ target: /a/, text: x }]", "files[0].target", "slash at the end" },
        { "files: [{ target: //a, text: x }]", "files[0].target", "not an absolute path" },
        { "files: [{ target: /a//b, text: x }]", "files[0].target", "empty part" },
        { "files: [{ target: /, text: x }]", "files[0].target", "not the path of a file" },
        { "files: [{ target: /a, text: x }, { target: /a, text: y }]", "files[1].target", "file written twice" },
        { "files: [{ target: /a/b/c, text: x }, { target: /a, link: y }]", "files[0].target", "path through a file" },
        { "files: [{ target: /a, link: x, mode: 0644 }]", "files[0].mode", "mode of a symbolic link" },
        { "files: [{ target: /a, text: x, mode: 0689 }]", "files[0].mode", "not a mode" },
        { "files: [{ target: /a, text: x, mode: 17777 }]", "files[0].mode", "not a mode" },
        { "files: [{ target: /a, source: nowhere }]", "files[0].source", "no such file" },
        { "base: { debian: { suite: trixie, packages: [''] } }", "base.debian.packages[0]", "empty" },
        { "base: { debian: { suite: trixie, packages: [Vim] } }", "base.debian.packages[0]", "not a package" },
        { "base: { debian: { suite: trixie, packages: [vim nano] } }", "base.debian.packages[0]", "not a package" },
        { "base: { debian: { suite: trixie, variant: custom } }", "base.debian.packages", "empty" },
        { "base: { debian: { suite: trixie, keyrings: [nowhere.gpg] } }", "base.debian.keyrings[0]", "no such file" },
        { "base: { debian: { suite: trixie, mirror: deb.debian.org } }", "base.debian.mirror", "not a mirror" },
        { "base: { debian: {} }", "base.debian.suite", "missing" },
        { "base: { debian: trixie }", "base.debian", "a single value where a Debian base belongs" },
        { "base: debian", "base", "a single value where a base belongs" },
        { "base: { directory: nowhere }", "base.directory.path", "no such directory" },
        { "base: { tar: . }", "base.tar.path", "directory where a file belongs" },
    };

    [Theory]
    [MemberData(nameof(PartitionFaults))]
    public void Faults_of_a_partition(string keys, string path, string message)
    {
        string text = $"image:\n  partitions:\n    - {{ {keys} }}\n";
        if (path == ".content" && message.Length == 0)
            (path, message) = (".content.raw.path", "directory where a file belongs");
        AssertFault(text, path.Length == 0 ? "" : "image.partitions[0]" + path, message, line: 3);
    }

    /// <summary>An image's keys beside its partition, the path of the fault in it, and what is said.</summary>
    public static TheoryData<string, string, string> FormatFaults => new()
    {
        { "format: qcow2", "", "" },
        { "format: [raw, { name: qcow2, options: { compression_type: zstd, cluster_size: 128k } }]", "", "" },
        { "format: { name: vpc }", "", "" },
        { "format: raw.zst", "", "" },
        { "format: qcow3", "format[0]", "no such disk format" },
        { "format: QCOW2", "format[0].name", "not a disk format" },
        { "format: [[raw]]", "format[0]", "a list where a disk format belongs" },
        { "format: { options: {} }", "format[0].name", "missing" },
        { "format: { name: raw, options: { level: 3 } }", "format[0].options.level", "no such option" },
        { "format: { name: qcow2, options: { cluster_sise: 64k } }", "format[0].options.cluster_sise", "no such option" },
        { "format: { name: qcow2, options: { cluster_size: 100 } }", "format[0].options", "not an option's value" },
        { "format: { name: qcow2, options: { cluster_size: big } }", "format[0].options.cluster_size", "not an option's value" },
        { "format: { name: qcow2, options: { cluster_size: [1] } }", "format[0].options.cluster_size", "a list where an option's value belongs" },
        { "format: { name: qcow2, options: { backing_file: base.qcow2 } }", "format[0].options.backing_file", "no such option" },
        { "format: { name: qcow2, options: x }", "format[0].options", "a single value where a map of options belongs" },
        { "format: [raw, { name: raw, file: other.img }]", "", "" },
        { "format: [raw, raw]", "format[1]", "file of that name already" },
        { "format: { name: raw, file: out/x.img }", "format[0].file", "directory in a file name" },
        { "format: { name: raw, file: '..' }", "format[0].file", "not a name of its own" },
        { "format: gce", "", "" },
        { "format: gce, size: 2G", "", "" },
        { "format: gce, size: 2049M", "size", "not a size that the image can have" },
        { "format: vhd, size: 10485760", "", "" },
        { "format: vhd, size: 10486272", "size", "not a size that the image can have" },
        { "format: { name: vhd, options: { size_rule: exact } }, size: 10486272", "", "" },
        { "format: vhd, size: 3T", "size", "not a size that the format can have" },
        { "sizeMultiple: 4M, size: 12M", "", "" },
        { "sizeMultiple: 8M, size: 12M", "size", "not a size that the image can have" },
        { "sizeMultiple: 0", "sizeMultiple", "not whole sectors" },
        { "sizeMultiple: 1000", "sizeMultiple", "not whole sectors" },
        { "type: azure", "", "" },
        { "type: azure, format: vhd", "", "" },
        { "type: azure, format: vpc", "", "" },
        { "type: azure, format: qcow2", "format[0]", "not a format for azure" },
        { "type: azure, format: { name: vhd, options: { subformat: dynamic } }", "format[0]", "not a format for azure" },
        { "type: azure, size: 10486272", "size", "not a size that the image can have" },
        { "type: azure, sizeMultiple: 512K", "sizeMultiple", "not a multiple that azure takes" },
        { "type: gce, size: 1500M", "size", "not a size that the image can have" },
        { "type: aws, size: 1500M", "size", "not a size that the image can have" },
        { "type: aws, format: { name: vmdk, options: { subformat: monolithicFlat } }", "format[0]", "not a format for aws" },
        { "type: openstack, format: { name: vmdk, options: { subformat: monolithicFlat } }", "format[0]", "not a format for openstack" },
        { "type: openstack, format: { name: qcow2, options: { compression_type: none } }", "", "" },
        { "type: hyperv, format: [vhdx, vhd]", "", "" },
        { "type: virtualbox, format: qcow2", "format[0]", "not a format for virtualbox" },
    };

    [Theory]
    [MemberData(nameof(FormatFaults))]
    public void Faults_of_formats_and_of_sizes_that_they_cannot_have(string keys, string path, string message) =>
        AssertFault($"image: {{ {keys}, partitions: [{{ size: 4M }}] }}\n", path.Length == 0 ? "" : "image." + path, message, line: 1);

    [Theory]
    [MemberData(nameof(SystemFaults))]
    public void Faults_of_a_system(string keys, string path, string message)
    {
        string text = keys.StartsWith("base:") ? $"system: {{ {keys} }}\n" : $"system: {{ base: {{ directory: . }}, {keys} }}\n";
        AssertFault(text, path.Length == 0 ? "" : "system." + path, message, line: 1);
    }

    [Theory]
    [InlineData("name: x", "", "nothing to build")]
    [InlineData("name: a/b\n" + Yaml.Disk, "name", "not an image name")]
    [InlineData("name: a_b\nsystem: { base: { directory: . } }", "system.hostName", "missing, and the name is not a host name")]
    [InlineData("image: { type: disk, partitions: [{}] }", "image.type", "image type without a system")]
    [InlineData("image: { type: dsik, partitions: [{}] }", "image.type", "no such image type")]
    [InlineData("system: { base: { directory: . } }\nimage: { type: dsik }", "image.type", "no such image type")]
    [InlineData("system: { base: { debian: { suite: trixie } }, kernel: linux-image-cloud-amd64 }\nimage: { type: rock64-raw }", "system.kernel.package", "kernel of another architecture")]
    [InlineData("system: { base: { debian: { suite: trixie, architecture: riscv64 } }, kernel: linux-image-arm64 }", "system.kernel.package", "kernel of another architecture")]
    [InlineData("image: { sectorSize: 1024, partitions: [{}] }", "image.sectorSize", "not a sector size")]
    [InlineData("image: { sectorSize: 4096, partitions: [{ offset: 20K }] }", "image.partitions[0].offset", "partition in the table's place")]
    [InlineData("image: { size: 1G, partitions: [{ size: 600M }, { size: 600M }] }", "image.size", "too small for its partitions")]
    [InlineData("image: { size: 1G, partitions: [{ offset: 1G }] }", "image.partitions[0].offset", "partition beyond the image")]
    [InlineData("image: { partitionTable: mbr, partitions: [{}, {}, {}, {}, {}] }", "image.partitions[4]", "too many partitions for an MBR")]
    [InlineData("image: { partitionTable: mbr, partitions: [{ label: x }] }", "image.partitions[0].label", "no place for a partition name")]
    [InlineData("image: { partitionTable: mbr, partitions: [{ bootable: yes }, { bootable: yes }] }", "image.partitions[1].bootable", "second active partition")]
    [InlineData("image: { partitionTable: none, partitions: [{}, {}] }", "image.partitions[1]", "second partition without a table")]
    [InlineData("image: { partitions: [{ uuid: 00000000-0000-4000-8000-000000000001 }, { uuid: 00000000-0000-4000-8000-000000000001 }] }", "image.partitions[1].uuid", "uuid given twice")]
    [InlineData("system: { base: { directory: . } }\nimage: { partitions: [{ fileSystem: ext4 }] }", "image.partitions", "no root partition")]
    [InlineData("system: { base: { directory: . }, kernel: {}, bootloader: grub }\nimage: { partitions: [{ fileSystem: ext4, mountPoint: / }] }", "image.partitions", "no place for a boot loader")]
    [InlineData("system: { base: { directory: . }, kernel: {}, bootloader: grub }\nimage: { partitionTable: none, partitions: [{ fileSystem: ext4, mountPoint: / }] }", "image.partitionTable", "no place for a boot loader")]
    [InlineData("system: { base: { directory: . } }\nimage: { partitions: [{ fileSystem: ext4, mountPoint: / }, { fileSystem: ext4, mountPoint: / }] }", "image.partitions[1].mountPoint", "mountPoint given twice")]
    [InlineData("- a", "", "a list where a definition belongs")]
    [InlineData("hello", "", "a single value where a definition belongs")]
    public void Faults_of_a_whole(string text, string path, string message)
    {
        DefinitionError error = Yaml.Error(text);
        Assert.Equal((path, message), (error.Path, error.Message));
        Assert.NotNull(error.Position);
    }

    [Theory]
    [InlineData("1M", "2M", "2M", "4M", 1 << 20)]
    [InlineData("4M", "2M", "1M", "8M", 2 << 20)]
    [InlineData("1M", "1M", "1M", "1M", 1 << 20)]
    [InlineData("1M", "1M", "2M", "1M", 0)]
    [InlineData("1M", "1536", "1049088", "1M", 1024)]
    public void Partitions_that_overlap_are_told_with_the_bytes_in_common(string offset, string size, string nextOffset, string nextSize, int common)
    {
        string text = $"image: {{ partitions: [{{ offset: {offset}, size: {size} }}, {{ offset: {nextOffset}, size: {nextSize} }}] }}";
        if (common == 0)
        {
            Yaml.Read(text);
            return;
        }

        DefinitionError error = Yaml.Error(text);
        Assert.Equal("partitions that overlap", error.Message);
        Assert.Contains($"both hold {common} bytes in common", error.Rule);
    }

    [Fact]
    public void A_misspelt_key_is_told_what_it_was_meant_to_be()
    {
        DefinitionError error = Yaml.Error("system:\n  base: { directory: . }\n  hostname: x\n");
        Assert.Equal("test.yaml:3:3", error.Position!.ToString());
        Assert.Equal(("hostname", "did you mean hostName?"), (error.Value, error.Fix));
        Assert.Contains("base, hostName, timezone", error.Rule);
        Assert.Equal("packages is a key of system.base.debian", Yaml.Error("system: { base: { directory: . }, packages: [vim] }").Fix);
        Assert.Equal("remove it", Yaml.Error("system: { base: { directory: . }, zzzzzzzz: 1 }").Fix);
        Assert.Equal("did you mean ext4?", Yaml.Error("image: { partitions: [{ fileSystem: exft4 }] }").Fix);
        Assert.Equal("write 10M for powers of 1024, or the number of bytes", Yaml.Error("image: { partitions: [{ size: 10MB }] }").Fix);
    }

    [Fact]
    public void All_faults_are_told_at_once_in_the_order_of_their_lines()
    {
        IReadOnlyList<DefinitionError> errors = Yaml.Errors("""
            nam: x
            system:
              base: { directory: nowhere }
              hostName: my host
              users:
                - { name: ada, groups: [wizards], passwordHash: secret }
            image:
              size: huge
              partitions:
                - { fileSystem: { type: vfat, label: far too long a label }, mountPoint: / }
                - { size: 1000 }
            """);
        Assert.Equal([1, 3, 4, 6, 6, 8, 10, 11], errors.Select(e => e.Position!.Line));
        Assert.Equal(
            "test.yaml:4:13: system.hostName: not a host name: 'my host'; labels of letters, digits and inner hyphens, "
            + "at most 63 characters each and 64 in all; try my-host",
            errors[2].ToString());
        Assert.All(errors, e => Assert.True(e.Rule.Length > 0 && e.Fix.Length > 0 && e.Message.Length > 0));
    }

    [Fact]
    public void A_value_that_cannot_be_read_is_told_once()
    {
        Assert.Equal("system.base.debian.suite", Yaml.Error("system: { base: { debian: { suite: [] } } }").Path);
        Assert.Equal("system.base", Yaml.Error("system: { hostName: x }").Path);
        Assert.Equal("image.partitions[0].offset", Yaml.Error("image: { size: 8M, partitions: [{ offset: x, size: 1M }, { offset: 1M, size: 1M }] }").Path);
    }

    [Fact]
    public void A_password_is_never_shown()
    {
        DefinitionError error = Yaml.Error("system: { base: { directory: . }, users: [{ name: a, passwordHash: hunter2 }] }");
        Assert.DoesNotContain("hunter2", error.ToString());
        Assert.Contains("mkpasswd", error.Fix);
        Assert.Equal("", SourceExcerpt.Render(error));
    }

    [Fact]
    public void The_host_knows_time_zones_that_a_pattern_does_not()
    {
        string text = "system: { base: { directory: . }, timezone: Europe/Pariss }";
        if (!Directory.Exists("/usr/share/zoneinfo/Etc"))
            return;
        DefinitionError error = Yaml.Error(text);
        Assert.Equal(("unknown time zone", "did you mean Europe/Paris?"), (error.Message, error.Fix));
    }

    [Fact]
    public void Records_made_in_a_program_meet_the_same_rules()
    {
        var definition = new Definition
        {
            Name = "x",
            System = new OperatingSystem
            {
                Base = new DirectoryBase { Path = "." },
                HostName = "no host",
                Kernel = new Kernel { Arguments = ["root=x"] },
                Services = [new Unknown()],
            },
            Image = new Image { Partitions = [new Partition { Weight = -1, MountPoint = "/", FileSystem = new() { Type = (FileSystemType)77 } }] },
        };
        IReadOnlyList<DefinitionError> errors = DefinitionValidator.Validate(definition);
        Assert.Equal(
            ["image.partitions[0].fileSystem.type", "image.partitions[0].weight", "system.hostName", "system.kernel.arguments[0]", "system.services[0]"],
            errors.Select(e => e.Path));
        Assert.All(errors, e => Assert.Null(e.Position));
        Assert.StartsWith("system.hostName: not a host name: 'no host'; ", errors[2].ToString());
    }

    [Fact]
    public void A_type_that_needs_no_system_may_be_named_without_one() =>
        Assert.Equal("data", Yaml.Read("image: { type: data, partitions: [{}] }").Image.Type);

    private static void AssertFault(string text, string path, string message, int line)
    {
        if (message.Length == 0)
        {
            Yaml.Read(text);
            return;
        }

        DefinitionError error = Yaml.Error(text);
        Assert.Equal((path, message), (error.Path, error.Message));
        Assert.Equal(line, error.Position!.Line);
    }

    private sealed record Unknown : Service;
}
