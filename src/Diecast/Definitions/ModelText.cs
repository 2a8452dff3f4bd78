// Generated from the documentation of src/Diecast/Model. Do not edit: change it there, then run the tests of
// Diecast.Tests/Definitions with DIECAST_UPDATE=1.
namespace Diecast.Definitions;

/// <summary>What the records' members mean, for the reference page, the JSON schema and messages.</summary>
internal static class ModelText
{
    /// <summary>The text of a type or of one of its members, as in <c>Partition.Label</c>.</summary>
    internal static string Of(string member) => member switch
    {
        "ApplianceRoot" =>
            "What an appliance protects.",
        "ApplianceRoot.Root" =>
            "The whole system but what changes: the root.",
        "ApplianceRoot.Usr" =>
            "The system's programs: `/usr`. The root is a file system of its own, which is kept when they are replaced.",
        "ApplianceSettings" =>
            "An appliance: a read-only system under dm-verity that is replaced as a whole. The parts of a version lie in a slot; an update goes into the other slot and boots next.",
        "ApplianceSettings.FileSystem" =>
            "The protected file system: EROFS or squashfs with their options. Default: EROFS with lz4hc.",
        "ApplianceSettings.Protect" =>
            "What is protected. Default: root; of a NixOS system the store, below `/usr`, and nothing else.",
        "ApplianceSettings.SlotSize" =>
            "Bytes of the protected file system in each slot, which later versions must fit into. Default: half as much again as this version takes, rounded up to 16M.",
        "ApplianceSettings.Slots" =>
            "Slots: 2, or 1 for a system that is never updated in place. Default: 2.",
        "ApplianceSettings.StateSize" =>
            "Least size of what keeps the state, `/var`, or with `protect: usr` the root; it grows to the end of the disk when it first boots. Default: 64M, or what the content needs.",
        "ApplianceSettings.Updates" =>
            "Where updates come from. Default: nowhere, and nothing in the system looks for them.",
        "BootFirmware" =>
            "What starts a boot loader.",
        "BootFirmware.Bios" =>
            "The BIOS of a PC.",
        "BootFirmware.Uefi" =>
            "UEFI of the processor's own width.",
        "BootFirmware.Uefi32" =>
            "UEFI of 32 bits on a PC, as tablets and early Macs have it before processors of 64.",
        "BootloaderConfiguration" =>
            "The boot loader and its menu.",
        "BootloaderConfiguration.DefaultEntry" =>
            "Which entry boots unless another is chosen: 0 is the newest kernel, then come `menuEntries`, then older kernels. Default: none of the entries, but the newest kernel.",
        "BootloaderConfiguration.ExtraInitrd" =>
            "A second initial RAM disk, by its absolute path in the system: what it has is laid over the first, as secrets that are put there after the image was made. Default: none.",
        "BootloaderConfiguration.Kind" =>
            "Which one. Default: the image type's; grub on PCs and where UEFI is, extlinux on most boards.",
        "BootloaderConfiguration.MenuEntries" =>
            "Entries of the menu beside the system's kernels. Default: empty.",
        "BootloaderConfiguration.Serial" =>
            "Serial line to show the menu on, ttyS0 to ttyS3. Default: that of the kernel's last console= argument.",
        "BootloaderConfiguration.SerialSpeed" =>
            "Bits in a second on the serial line. Default: what the kernel's console= argument for the line says, or 9600.",
        "BootloaderConfiguration.TerminalInputs" =>
            "What the menu is typed on. Default: the firmware's console, and with BIOS the serial line.",
        "BootloaderConfiguration.TerminalOutputs" =>
            "What the menu is shown on. Default: the firmware's console, and with BIOS the serial line.",
        "BootloaderConfiguration.Timeout" =>
            "Seconds before the default entry boots; 0 boots it at once, -1 waits for a key. Default: 1.",
        "BootloaderConfiguration.Uki" =>
            "What goes into a unified kernel image beside the kernel, for systemd-boot and uki. Default: nothing.",
        "BootloaderKind" =>
            "The boot loader's name.",
        "BootloaderKind.Extlinux" =>
            "A menu for U-Boot, `/boot/extlinux/extlinux.conf`, which boards read by themselves.",
        "BootloaderKind.Grub" =>
            "GRUB, for BIOS and UEFI.",
        "BootloaderKind.None" =>
            "Nothing boots the image.",
        "BootloaderKind.RaspberryPi" =>
            "Raspberry Pi's firmware with its `config.txt`, on the FAT partition of `/boot/firmware`.",
        "BootloaderKind.SystemdBoot" =>
            "systemd-boot on the EFI system partition, which starts the newest of the unified kernel images in `EFI/Linux`. Of a NixOS system it has NixOS's own entries, unless there is `uki`, a key for Secure Boot, or dm-verity of `/` or `/usr`.",
        "BootloaderKind.Uki" =>
            "A unified kernel image that UEFI starts by itself, without a menu.",
        "CompressedIndex" =>
            "Forms of the index of an EROFS's compressed files.",
        "CompressedIndex.Compact" =>
            "About two bytes a block.",
        "CompressedIndex.Full" =>
            "Eight bytes a block.",
        "ContainerSettings" =>
            "How a container image is named and run: what its configuration says beside the files.",
        "ContainerSettings.Architecture" =>
            "Architecture as Go names it, with a variant behind a slash, as in `arm/v7`. Default: that of the programs in the image.",
        "ContainerSettings.Command" =>
            "Further arguments, which those of `docker run` replace; the program itself where there is no entry point. Default: empty.",
        "ContainerSettings.Entrypoint" =>
            "Program and first arguments that every container runs. Default: `/sbin/init`, which boots the system, unless a command is given.",
        "ContainerSettings.Environment" =>
            "Variables of the program, a map of names to values. Default: PATH and, where init runs, container.",
        "ContainerSettings.Labels" =>
            "What there is to say about the image, a map of names to values. Default: empty.",
        "ContainerSettings.Ports" =>
            "Ports that the program listens on, as in `80` or `53/udp`. Default: empty.",
        "ContainerSettings.Repository" =>
            "Name of the image, as in `server` or `registry.example.org/team/server`. Default: the definition's name in small letters.",
        "ContainerSettings.StopSignal" =>
            "Signal that asks the program to end. Default: SIGRTMIN+3 where init runs, which has systemd stop everything; else the runtime's.",
        "ContainerSettings.Tag" =>
            "Tag of the image. Default: latest.",
        "ContainerSettings.User" =>
            "Who runs the program, by name or number, as in `www-data` or `1000:100`. Default: root.",
        "ContainerSettings.Volumes" =>
            "Directories whose content is kept outside of the container, absolute paths. Default: empty.",
        "ContainerSettings.WorkingDirectory" =>
            "The program's working directory, an absolute path. Default: the root.",
        "ContentDirectory" =>
            "A directory to make in a partition.",
        "ContentDirectory.Group" =>
            "Group by name in the image, or by number. Default: root.",
        "ContentDirectory.Mode" =>
            "Permissions, octal, also of one that is there. Default: 0755, or those that it has.",
        "ContentDirectory.Path" =>
            "Absolute path in the partition; parents are made.",
        "ContentDirectory.User" =>
            "Owner by name in the image, or by number. Default: root.",
        "ContentFile" =>
            "Files of the build machine, or a text, to put into a partition.",
        "ContentFile.Exclude" =>
            "What of a source directory is left out: a pattern from its top, as in `/doc/**`, or without the slash a name wherever it is, as in `*.pyc`. `**` stands for names and directories. Default: empty.",
        "ContentFile.Group" =>
            "Group by name in the image, or by number. Default: root.",
        "ContentFile.Mode" =>
            "Permissions, octal; directories of the source add search where it has read. Default: those of the source, 0644 for a text.",
        "ContentFile.Source" =>
            "Host file or directory, relative to the definition, as `build/*.efi` with `*`, `?` and `[…]` in its names. A file is copied as the target, a directory's files into the target; what a pattern matches is copied into the target, each under its own name. Exactly one of source and text. Default: none.",
        "ContentFile.Target" =>
            "Absolute path in the partition; parents are made. Nothing but a directory may be there.",
        "ContentFile.Text" =>
            "The file's content itself. Default: none.",
        "ContentFile.User" =>
            "Owner by name in the image, or by number. Default: root.",
        "ContentFile.Xattrs" =>
            "Which extended attributes of the source come along. Default: portable.",
        "ContentSymlink" =>
            "A symbolic link to make in a partition.",
        "ContentSymlink.Target" =>
            "Absolute path of the link in the partition; parents are made. Nothing may be there.",
        "ContentSymlink.To" =>
            "What it points to, as it is stored.",
        "ContentXattrs" =>
            "Which extended attributes come from the build machine.",
        "ContentXattrs.All" =>
            "All that can be read.",
        "ContentXattrs.None" =>
            "None.",
        "ContentXattrs.Portable" =>
            "`user.*` and `security.capability`, which mean the same on every machine.",
        "DebianBase" =>
            "Debian, or a distribution made like it, installed by mmdebstrap without root.",
        "DebianBase.Architecture" =>
            "Debian's name of the architecture. Default: that of the image's platform, else that of the build machine.",
        "DebianBase.Components" =>
            "Components of the archive. Default: main.",
        "DebianBase.Keyrings" =>
            "Keyrings for the sources, relative to the definition. Default: empty, which takes the archive's own.",
        "DebianBase.Mirror" =>
            "URL of the archive's mirror, or a whole `deb` line with options, in which `SUITE` stands for the suite. Default: the one of the machine's own apt sources when it runs Debian, else `http://deb.debian.org/debian`.",
        "DebianBase.Packages" =>
            "Packages to install, in apt's notation; those that the system needs are added. Default: empty.",
        "DebianBase.Recommends" =>
            "Whether packages that are only recommended come too. Default: no.",
        "DebianBase.Sources" =>
            "More lines for sources.list, one-line style; `SUITE` in them stands for the suite. Default: empty.",
        "DebianBase.Suite" =>
            "Suite or code name, as in `trixie`.",
        "DebianBase.Variant" =>
            "mmdebstrap's variant: which packages are there without being named. Default: apt.",
        "DebianVariant" =>
            "mmdebstrap's variants, from small to large.",
        "DebianVariant.Apt" =>
            "Essential packages and apt.",
        "DebianVariant.Custom" =>
            "Nothing but what is named.",
        "DebianVariant.Essential" =>
            "Essential packages without apt.",
        "DebianVariant.Minbase" =>
            "Priority required, and apt.",
        "DebianVariant.Standard" =>
            "Priority important too, as debootstrap does.",
        "Definition" =>
            "What a definition file declares.",
        "Definition.Directory" =>
            "Directory that relative paths start from. Default: the definition file's own.",
        "Definition.Epoch" =>
            "Source epoch in seconds since 1970: no time in the image is later. SOURCE_DATE_EPOCH wins over it. Default: that of the base.",
        "Definition.Image" =>
            "The image. Default: each of its keys' own.",
        "Definition.Name" =>
            "Name of the image and stem of the output file: letters, digits, `.` `_` `+` and `-`, at most 128. Default: the file's name without its extension.",
        "Definition.Seed" =>
            "Seed of every id in the image. Default: from the digest of the definition.",
        "Definition.System" =>
            "The system. Default: none; the image has partitions of its own.",
        "Definition.Types" =>
            "Image types beside those that are built in, for `type`. Default: empty.",
        "DirectoryBase" =>
            "A host directory.",
        "DirectoryBase.Ownership" =>
            "Who owns the files in the tree. Default: root.",
        "DirectoryBase.Path" =>
            "Path, relative to the definition.",
        "DirectoryContent" =>
            "The files of a host directory.",
        "DirectoryContent.Ownership" =>
            "Who owns the files. Default: root.",
        "DirectoryContent.Path" =>
            "Path, relative to the definition.",
        "DisabledUnit" =>
            "Disables a unit that the base enables. In YAML `{disable: NAME}`.",
        "DisabledUnit.Unit" =>
            "Name; `.service` is added when there is no suffix.",
        "DiskFormat" =>
            "A disk format that an image is written in.",
        "DiskFormat.File" =>
            "File name of the output, without a directory. Default: the image's name with the format's usual end.",
        "DiskFormat.Name" =>
            "Name, as in `qcow2`; `diecast convert --help` lists them.",
        "DiskFormat.Options" =>
            "The format's options, as in `{compression_type: zlib}`, by the names of `diecast convert -o`. Default: each of the format's own.",
        "DiskFormat.Qcow2" =>
            "QEMU's format, version 3.",
        "DiskFormat.Raw" =>
            "The disk's bytes, in a sparse file.",
        "EnabledUnit" =>
            "Enables a unit as `systemctl enable` does. In YAML a plain name.",
        "EnabledUnit.Unit" =>
            "Name; `.service` is added when there is no suffix.",
        "ErofsLayout" =>
            "Layouts of an EROFS.",
        "ErofsLayout.Dense" =>
            "One thing after the other.",
        "ErofsLayout.Stable" =>
            "With room to grow in every directory, so that a new version differs little from an old one.",
        "ErrorBehaviour" =>
            "What the kernel does when it finds a file system damaged.",
        "ErrorBehaviour.Continue" =>
            "It goes on.",
        "ErrorBehaviour.Panic" =>
            "It halts the machine.",
        "ErrorBehaviour.RemountReadOnly" =>
            "It mounts the file system for reading only.",
        "FileAttribute" =>
            "FAT attributes.",
        "FileAttribute.Archive" =>
            "It changed since the last backup; files have it from the start.",
        "FileAttribute.Hidden" =>
            "Listings leave it out.",
        "FileAttribute.ReadOnly" =>
            "Nobody may write it.",
        "FileAttribute.System" =>
            "It is a part of the operating system.",
        "FileAttributeRule" =>
            "FAT attributes of what has a path of a form.",
        "FileAttributeRule.Clear" =>
            "Attributes to clear. Default: empty.",
        "FileAttributeRule.Path" =>
            "Path from the file system's root, as in `/EFI/**`: `*` stands for any part of a name, `?` for one character, `**` for names and directories; case does not matter.",
        "FileAttributeRule.Set" =>
            "Attributes to set. Default: empty.",
        "FileSystem" =>
            "A file system that the running system mounts beside those of its image: in memory, of the network, or a disk's.",
        "FileSystem.Check" =>
            "Whether it is checked at boot; only one on a disk is, whose type has a checker. Default: yes.",
        "FileSystem.CreateMountPoint" =>
            "Whether the directory is made that it is mounted on. Default: yes.",
        "FileSystem.Device" =>
            "What is mounted: a device, `UUID=…`, `LABEL=…`, `PARTUUID=…`, `PARTLABEL=…`, a server's `host:/path`, a directory to bind, or the type's own name for one in memory.",
        "FileSystem.Flags" =>
            "What mounting asks of the kernel for every type. Default: none.",
        "FileSystem.MayFail" =>
            "Whether booting goes on when it cannot be mounted. Default: no.",
        "FileSystem.Mount" =>
            "Whether it is mounted at boot. Default: yes.",
        "FileSystem.MountPoint" =>
            "Where, an absolute path.",
        "FileSystem.Options" =>
            "Options of the type, parted by commas, as in `size=64M`. Default: none.",
        "FileSystem.Requires" =>
            "Units that have to be there before, as in `network-online.target`. Default: none.",
        "FileSystem.Type" =>
            "Type as mount(8) names it, as in `tmpfs`, `nfs4` or `ext4`. Default: auto.",
        "FileSystemCompression" =>
            "Compressors of file systems.",
        "FileSystemCompression.Deflate" =>
            "EROFS: Deflate; Linux from 6.6 on.",
        "FileSystemCompression.Gzip" =>
            "Deflate, which every Linux reads.",
        "FileSystemCompression.Lz4" =>
            "LZ4: the fastest.",
        "FileSystemCompression.Lz4hc" =>
            "EROFS: LZ4, compressed well and slowly.",
        "FileSystemCompression.Lzma" =>
            "EROFS: MicroLZMA; Linux from 5.16 on.",
        "FileSystemCompression.Lzo" =>
            "LZO.",
        "FileSystemCompression.None" =>
            "Nothing is compressed.",
        "FileSystemCompression.Xz" =>
            "xz: the smallest, and slow.",
        "FileSystemCompression.Zstd" =>
            "Zstandard: small and fast to read; Linux from 4.14 on, EROFS from 6.10 on.",
        "FileSystemType" =>
            "File-system types that can be written.",
        "FileSystemType.Btrfs" =>
            "btrfs, by mkfs.btrfs.",
        "FileSystemType.Erofs" =>
            "EROFS: only read, compressed or not.",
        "FileSystemType.Ext2" =>
            "ext2: block maps and no journal, for small boot partitions, old systems and GNU/Hurd.",
        "FileSystemType.Ext3" =>
            "ext3: ext2 with a journal.",
        "FileSystemType.Ext4" =>
            "ext4.",
        "FileSystemType.F2fs" =>
            "F2FS, by mkfs.f2fs and sload.f2fs.",
        "FileSystemType.Iso9660" =>
            "ISO 9660: the root of an ISO image, without extended attributes; a partition of a disk cannot have it.",
        "FileSystemType.Squashfs" =>
            "squashfs 4.0: compressed, and only read.",
        "FileSystemType.Swap" =>
            "A swap area, which the system uses from its start.",
        "FileSystemType.Vfat" =>
            "FAT12, FAT16 or FAT32, by size.",
        "FileSystemType.Xfs" =>
            "XFS, by mkfs.xfs.",
        "FirmwareVariables" =>
            "The variables of UEFI firmware, as a virtual machine keeps them beside its disk: what boots, and whose signatures count. They are written as a file beside the image.",
        "FirmwareVariables.Allowed" =>
            "Certificates whose signatures count (db), PEM files. Default: that of `secureBoot`.",
        "FirmwareVariables.File" =>
            "Name of the file that is made. Default: the image's name with `-efi-vars.fd`.",
        "FirmwareVariables.KeyExchangeKeys" =>
            "Certificates of those who may change what is allowed (KEK), PEM files. Default: the platform key's.",
        "FirmwareVariables.PlatformKey" =>
            "Certificate of the platform key (PK), a PEM file. Default: that of `secureBoot`.",
        "FirmwareVariables.Program" =>
            "The program on the EFI system partition that the boot entry starts, as in `/EFI/small/grubx64.efi`, whose name may be in capitals or not. Default: the one that is started from removable media, `/EFI/BOOT/BOOTX64.EFI` and its like.",
        "FirmwareVariables.Revoked" =>
            "Certificates whose signatures do not count (dbx), PEM files. Default: none.",
        "FirmwareVariables.SecureBoot" =>
            "Whether Secure Boot is on, with the keys below, for firmware that is built for it. Default: yes where `secureBoot` or a platform key is given, else no.",
        "FirmwareVariables.Template" =>
            "The variables that the firmware comes with, which these are added to: a file, relative to the definition, as in `/usr/share/OVMF/OVMF_VARS_4M.fd`.",
        "FragmentUse" =>
            "Which files, or ends of files, share blocks.",
        "FragmentUse.All" =>
            "EROFS: all of every file.",
        "FragmentUse.None" =>
            "None.",
        "FragmentUse.SmallFiles" =>
            "Files smaller than a block.",
        "FragmentUse.TailEnds" =>
            "The ends of larger files too.",
        "GuixBase" =>
            "Paths of a Guix store with all that they refer to, and the database that Guix knows them by.",
        "GuixBase.Database" =>
            "Whether Guix's database is written, and roots that keep the paths from being collected. Default: yes.",
        "GuixBase.Paths" =>
            "The paths. Default: empty, the system alone.",
        "GuixBase.Store" =>
            "Where they come from. Default: the store of the build machine.",
        "GuixBase.System" =>
            "A Guix system, as `guix system build` makes it: it becomes the system's profile. Default: none.",
        "GzipStrategy" =>
            "Strategies of zlib.",
        "GzipStrategy.Default" =>
            "The usual one.",
        "GzipStrategy.Filtered" =>
            "For data made by a filter or a predictor.",
        "GzipStrategy.Fixed" =>
            "Codes are those of the standard, not made for the data.",
        "GzipStrategy.HuffmanOnly" =>
            "No strings are sought.",
        "GzipStrategy.RunLengthEncoded" =>
            "Only runs of one byte are sought.",
        "HardLinkUse" =>
            "What becomes of several names of one file.",
        "HardLinkUse.Ignore" =>
            "Each is a file of its own, so that links which a store happens to have do not change the image.",
        "HardLinkUse.Keep" =>
            "They are hard links.",
        "HashCharacters" =>
            "Kinds of C characters that a directory hash can take names for.",
        "HashCharacters.Signed" =>
            "As on x86.",
        "HashCharacters.Unsigned" =>
            "As on Arm and Power.",
        "HostOwnership" =>
            "Who owns files that come from the host.",
        "HostOwnership.Keep" =>
            "The same numbers as on the host.",
        "HostOwnership.Root" =>
            "Root, whoever owns them on the host.",
        "HostsEntry" =>
            "A line of hosts(5).",
        "HostsEntry.Address" =>
            "IPv4 or IPv6 address.",
        "HostsEntry.Names" =>
            "Names that lead to it, the first its own.",
        "Image" =>
            "An image: a partition table, partitions and a disk format, with or without a system in it.",
        "Image.Appliance" =>
            "What an appliance is made of, for the image type appliance. Default: each of its keys' own.",
        "Image.Blobs" =>
            "Bytes at fixed places outside file systems, beside those of the image type. Default: empty.",
        "Image.BootSize" =>
            "Size of the partition that boots, in image types that have one of a size of its own: the EFI system partition, or the one mounted on `/boot`. Default: the type's.",
        "Image.Compression" =>
            "How a tarball, a WSL archive, or the layers of a container image are compressed; a format's own option wins over it. Default: gzip.",
        "Image.Container" =>
            "Name, program, variables and labels of a container image. Default: each of its keys' own.",
        "Image.DiskId" =>
            "Id of the disk: a GPT's GUID, from which an MBR's signature follows. Default: from the seed.",
        "Image.EfiVariables" =>
            "Variables of UEFI firmware to write beside the image. Default: none.",
        "Image.Firmware" =>
            "The firmware that boot loaders are made for. Default: the image type's, or what the partitions have a place for.",
        "Image.FixedIds" =>
            "Whether disk, partitions and an ext4 root have the ids that NixOS's make-disk-image gives every image, in the types that have its tables. Disks with the same ids do not go together in one machine. Without it, ids follow from the seed. Default: no.",
        "Image.Format" =>
            "Disk formats to write, all in one pass over the disk, which has the same bytes in each of them. Default: the image type's.",
        "Image.Free" =>
            "Room beyond the content in the root that the image type makes. Default: the type's, 1G in most.",
        "Image.GptEntries" =>
            "Slots of a GPT, 4 to 4096. Fewer than 128 make room for a blob that a board wants within the standard table: 56 end where Allwinner's loader begins, at 8K. Default: 128.",
        "Image.GptEntriesOffset" =>
            "Where the slots of a GPT lie, a multiple of the sector: moved away, they leave their place to a blob. Default: behind the header, at sector 2.",
        "Image.Hooks" =>
            "Commands that are run with the outputs. Default: none.",
        "Image.Label" =>
            "Label of the root's file system, where the image type makes the partitions; of an ISO image the volume's name, at most 32 characters. Default: the image type's; of an ISO image the definition's name in capitals.",
        "Image.MaxLayers" =>
            "Most layers of a container image, 1 to 125. From two on, what a change of the configuration touches is the last layer, and the files of packages are below it. Default: 1.",
        "Image.Name" =>
            "Name of the output files without their end. Default: the definition's name.",
        "Image.PartitionTable" =>
            "Partition table. Default: the image type's, gpt without one.",
        "Image.Partitions" =>
            "The partitions. Default: the image type's.",
        "Image.Platform" =>
            "What the system runs on, by the name of a platform, Debian's of its architecture, or a GNU triplet, as in `arm64`. Default: the image type's, else the base's.",
        "Image.RootFileSystem" =>
            "File system of the root that the image type makes, with its options, as in `xfs`. Default: the type's, ext4 in most.",
        "Image.RootOffset" =>
            "First byte of the root, for the image type raw-with-offset. Default: 1M.",
        "Image.SectorSize" =>
            "Bytes in a sector: 512 or 4096. Default: 512.",
        "Image.SecureBoot" =>
            "The key that boot loaders and unified kernel images are signed with, for UEFI Secure Boot. Default: none, they are not.",
        "Image.SharedNetwork" =>
            "Whether a container uses the network of its host: nothing in it sets up a network or says how names are looked up. Default: no.",
        "Image.SharedStore" =>
            "A directory whose content is not in the image: the initial RAM disk mounts it from the machine's host by 9p, for reading alone, as in `/gnu/store`, `/nix/store` or one of your own, not in `/tmp` and the like. `diecast run` shares the host's directory of the same name. Default: none.",
        "Image.Size" =>
            "Size of the whole image. Default: auto, what the partitions need, rounded up as `sizeMultiple`, the image type and the formats ask.",
        "Image.SizeMultiple" =>
            "The whole image is a multiple of it. Default: the image type's, else 1M, or none without a partition table.",
        "Image.Split" =>
            "Whether each partition with a `splitName` is written as a file of its own too, and the unified kernel image, with a SHA256SUMS over them: what systemd-sysupdate downloads. Default: no, and yes for an appliance that is updated.",
        "Image.SplitCompression" =>
            "How the partitions' files are compressed: none, gzip, xz or zstd. Default: none.",
        "Image.Substitutable" =>
            "Whether the base may come from the cache and stays there. With no it is made anew for each build, and nothing of it is kept: for one with secrets in it. Default: yes.",
        "Image.Type" =>
            "Image type by name, see `diecast types`. Default: `disk` with a system, none without.",
        "Image.VeritySignature" =>
            "The key that root hashes are signed with, for partitions of the verity role signature. Default: none.",
        "Image.Version" =>
            "Version of the image: IMAGE_VERSION in os-release, and in names of files that tell versions apart. Default: none, and for an appliance 1.",
        "Image.VolatileRoot" =>
            "Whether changes of the root are kept in memory and are gone when the machine ends: the initial RAM disk mounts the root for reading alone, with a tmpfs over it. The kernel argument `diecast.volatile=no`, which an entry of the boot menu has, keeps them; `diecast.volatile=yes` does the opposite in an image without it, and a size in its place, as in `512M` or `25%`, says how much memory changes may take. An ISO image always is. Default: no.",
        "Image.Wsl" =>
            "Name and account of a distribution for WSL. Default: each of its keys' own.",
        "ImageBlob" =>
            "Bytes at a fixed place of the disk and outside file systems, such as the loader that a board's ROM starts.",
        "ImageBlob.EffectiveName" =>
            "The name, given or the file's; empty without a source.",
        "ImageBlob.File" =>
            "The file by its path on this machine, relative to the definition. Default: none.",
        "ImageBlob.MaxSize" =>
            "A larger file is refused. Default: none, its neighbours on the disk are its limit.",
        "ImageBlob.Name" =>
            "Name. One with the name of a blob that the image type has takes its place, and from it what is not given. Default: the file's name.",
        "ImageBlob.Offset" =>
            "Absolute offset of the first byte on the disk. Default: that of the image type's blob of the name.",
        "ImageBlob.Package" =>
            "The package of a Debian base that has the file in the tree; it is installed. Default: none, another one has it.",
        "ImageBlob.Tree" =>
            "The file by its absolute path in the system's tree. At most one of tree and file. Default: the image type's.",
        "ImageCompression" =>
            "How an archive is compressed.",
        "ImageCompression.Gzip" =>
            "gzip, which everything reads.",
        "ImageCompression.None" =>
            "Not at all.",
        "ImageCompression.Xz" =>
            "xz, the smallest; not for layers.",
        "ImageCompression.Zstd" =>
            "Zstandard, the fastest to unpack; for layers Docker 23 and containerd 1.5 or later.",
        "ImageHooks" =>
            "Commands that are run while an image is made.",
        "ImageHooks.After" =>
            "Commands for /bin/sh, each run in the definition's directory once an output is complete and before it is in its place, with `DISK_IMAGE` for the file, `DISK_IMAGE_NAME` for the name that it will have and `DISK_IMAGE_FORMAT`. They may change the file. If one fails, the build has failed and no output is put in its place. `diecast check` does not run them. Not with the format oci-dir, which is a directory. Default: none.",
        "Initrd" =>
            "The initial RAM disk.",
        "Initrd.Kind" =>
            "Who makes it. Default: `own`.",
        "Initrd.Modules" =>
            "Modules to add to the set that is always there (virtio, AHCI, NVMe, USB storage, the root's file system). Default: empty.",
        "InitrdKind" =>
            "Who makes the initial RAM disk.",
        "InitrdKind.Distribution" =>
            "The distribution's hooks, when the base is made.",
        "InitrdKind.Own" =>
            "Diecast: busybox and the modules named, with what they depend on. The same bytes each time.",
        "InodeTimes" =>
            "Times of inodes.",
        "InodeTimes.Build" =>
            "That of the file system, which makes inodes smaller.",
        "InodeTimes.Keep" =>
            "Those of the files.",
        "Kernel" =>
            "The kernel.",
        "Kernel.Arguments" =>
            "Arguments of its command line beside `root=`, which the image type sets. Default: empty.",
        "Kernel.Package" =>
            "Package of the distribution, as in `linux-image-amd64`. Default: none, the base has a kernel.",
        "KernelAddon" =>
            "What is added to unified kernel images without making them anew.",
        "KernelAddon.Arguments" =>
            "Kernel arguments that are added. Default: none.",
        "KernelAddon.DeviceTree" =>
            "A device tree that takes the place of the image's, by its absolute path in the system. Default: none.",
        "KernelAddon.Name" =>
            "Name of its file, `/loader/addons/NAME.addon.efi`: letters, digits, . _ and -.",
        "KernelProfile" =>
            "A way to start a unified kernel image.",
        "KernelProfile.Arguments" =>
            "Kernel arguments beside those of the first way. Default: none.",
        "KernelProfile.Id" =>
            "A short name: letters, digits, . _ and -.",
        "KernelProfile.Title" =>
            "The title in the boot menu. Default: the name.",
        "KeyDerivation" =>
            "How the key of a LUKS2 slot is made of what unlocks it.",
        "KeyDerivation.Argon2id" =>
            "argon2id, which takes memory as well as time.",
        "KeyDerivation.Minimal" =>
            "PBKDF2 with 1000 rounds, for keys that are random already.",
        "KeyDerivation.Pbkdf2" =>
            "PBKDF2 with SHA-512, for boot loaders that know no other.",
        "Keyboard" =>
            "Keyboard of the console, by the names of keyboard(5).",
        "Keyboard.Layout" =>
            "Layout, as in `us` or `fr`.",
        "Keyboard.Model" =>
            "Model. Default: pc105.",
        "Keyboard.Options" =>
            "Options, as in `compose:caps`. Default: none.",
        "Keyboard.Variant" =>
            "Variant of the layout. Default: none.",
        "LzoAlgorithm" =>
            "Algorithms of LZO.",
        "LzoAlgorithm.Lzo1x_1" =>
            "lzo1x_1.",
        "LzoAlgorithm.Lzo1x_1_11" =>
            "lzo1x_1_11.",
        "LzoAlgorithm.Lzo1x_1_12" =>
            "lzo1x_1_12.",
        "LzoAlgorithm.Lzo1x_1_15" =>
            "lzo1x_1_15.",
        "LzoAlgorithm.Lzo1x_999" =>
            "lzo1x_999.",
        "MaskedUnit" =>
            "Masks a unit as `systemctl mask` does. In YAML `{mask: NAME}`.",
        "MaskedUnit.Unit" =>
            "Name; `.service` is added when there is no suffix.",
        "MenuEntry" =>
            "An entry of the boot menu. It boots in one of three ways: a Linux kernel, a multiboot kernel, another boot loader.",
        "MenuEntry.Arguments" =>
            "The Linux kernel's arguments, with its root=. Default: empty.",
        "MenuEntry.ChainLoader" =>
            "Another boot loader: the path of an EFI program, or with BIOS `+1`, the first sector of `device`. Default: none.",
        "MenuEntry.Device" =>
            "File system that the paths are of: `UUID=…` as GRUB's search has it, or `LABEL=…`. Default: the one that GRUB reads its menu from.",
        "MenuEntry.Initrd" =>
            "Paths of the Linux kernel's initial RAM disks. Default: none.",
        "MenuEntry.Label" =>
            "What the menu says.",
        "MenuEntry.Linux" =>
            "Path of a Linux kernel. Default: none.",
        "MenuEntry.Multiboot" =>
            "Path of a multiboot kernel, as of GNU Mach or a hypervisor; with BIOS alone. Default: none.",
        "MenuEntry.MultibootArguments" =>
            "The multiboot kernel's arguments. Default: empty.",
        "MenuEntry.MultibootModules" =>
            "The multiboot kernel's modules, each a path with its arguments. Default: empty.",
        "MenuTerminal" =>
            "What a boot menu is typed on and shown on, by GRUB's names.",
        "MenuTerminal.AtKeyboard" =>
            "A PC's keyboard, without the firmware; input alone.",
        "MenuTerminal.Console" =>
            "The firmware's own console.",
        "MenuTerminal.Gfxterm" =>
            "Graphics; output alone.",
        "MenuTerminal.MdaText" =>
            "Text on MDA, with BIOS; output alone.",
        "MenuTerminal.Morse" =>
            "Morse code by the speaker; output alone.",
        "MenuTerminal.Serial" =>
            "The serial line.",
        "MenuTerminal.Spkmodem" =>
            "Tones of the speaker for a modem; output alone.",
        "MenuTerminal.UsbKeyboard" =>
            "A keyboard on USB, without the firmware; input alone.",
        "MenuTerminal.VgaText" =>
            "Text on VGA, with BIOS; output alone.",
        "MountFlag" =>
            "What mounting asks of the kernel, whatever the type (mount(2)).",
        "MountFlag.BindMount" =>
            "A directory that is there already appears in a second place.",
        "MountFlag.LazyTime" =>
            "Times are written late.",
        "MountFlag.NoAtime" =>
            "Reading changes no time.",
        "MountFlag.NoDev" =>
            "Device nodes do nothing.",
        "MountFlag.NoDiratime" =>
            "Reading changes no time of directories.",
        "MountFlag.NoExec" =>
            "Programs cannot be run.",
        "MountFlag.NoSuid" =>
            "Set-user-id and set-group-id bits and capabilities do nothing.",
        "MountFlag.ReadOnly" =>
            "Nothing is written.",
        "MountFlag.Shared" =>
            "Mounts below it appear in its copies, too.",
        "MountFlag.StrictAtime" =>
            "Every reading changes the time.",
        "MountKey" =>
            "What the root or a mount is found by.",
        "MountKey.PartitionLabel" =>
            "The partition's name in a GPT, which stays when an update brings other UUIDs.",
        "MountKey.PartitionUuid" =>
            "The partition's UUID, or in an MBR the disk's signature and its number.",
        "MountKey.Uuid" =>
            "The UUID of its file system, or of the partition where the file system has none.",
        "MultibootModule" =>
            "A module that a multiboot kernel is given.",
        "MultibootModule.Arguments" =>
            "Arguments; GNU Mach's first is the module's name. Default: empty.",
        "MultibootModule.Path" =>
            "Path.",
        "NixBase" =>
            "Paths of a Nix store with all that they refer to, and the database that Nix knows them by. Nix itself is needed on the build machine only where nothing else says what they refer to.",
        "NixBase.Channel" =>
            "A path with the channels of root, each a directory in it, as `nixos` with nixpkgs. Default: none.",
        "NixBase.Database" =>
            "Whether Nix's database is written, and roots that keep the paths from being collected. Default: yes.",
        "NixBase.Paths" =>
            "The paths. Default: empty, the top level alone.",
        "NixBase.Store" =>
            "Where they come from. Default: the store of the build machine.",
        "NixBase.Toplevel" =>
            "The top level of a NixOS system, as `system.build.toplevel` makes it: it becomes the system's profile, which boot loaders and `nixos-rebuild` go by, and `/etc/NIXOS` is made. Default: none.",
        "OciBase" =>
            "A container image: an OCI layout, a directory or an archive, or a docker archive.",
        "OciBase.Architecture" =>
            "Which one where there are several for one name, by the architecture as Go names it, with or without a variant, as in `arm/v7`. Default: that of `platform`, else the only one.",
        "OciBase.Path" =>
            "Path, relative to the definition.",
        "OciBase.Reference" =>
            "Which image, by its name or its tag. Default: the only one.",
        "OperatingSystem" =>
            "A declared system: where its root tree comes from and what is set in it. It is not tied to an image type.",
        "OperatingSystem.Base" =>
            "Where the root tree comes from.",
        "OperatingSystem.Bootloader" =>
            "The boot loader. Default: the image type's.",
        "OperatingSystem.FileSystems" =>
            "File systems to mount beside those of the image's partitions. Default: empty.",
        "OperatingSystem.Files" =>
            "Files to write into the tree, last of all. Default: empty.",
        "OperatingSystem.Groups" =>
            "Groups to be there, beside those of the base. Default: empty.",
        "OperatingSystem.HostName" =>
            "Host name, one label or a full name of at most 64 characters. Default: the definition's name.",
        "OperatingSystem.Hosts" =>
            "Lines for /etc/hosts beside the host's own. Default: empty.",
        "OperatingSystem.Initrd" =>
            "The initial RAM disk. Default: own, made by Diecast.",
        "OperatingSystem.Kernel" =>
            "Kernel package and command line. Default: none, as for a container.",
        "OperatingSystem.Keyboard" =>
            "Keyboard of the console. Default: none is set.",
        "OperatingSystem.Locale" =>
            "The system's locale; it is generated unless it is C or C.UTF-8. Default: C.UTF-8.",
        "OperatingSystem.Locales" =>
            "Locales to be there beside the system's own, for users who set another. Default: none.",
        "OperatingSystem.PrivilegedPrograms" =>
            "Programs that run with more rights than whoever starts them has. Default: those of the base.",
        "OperatingSystem.Services" =>
            "Units to enable, disable or mask, and serial consoles. Default: empty.",
        "OperatingSystem.SwapDevices" =>
            "Swap space beside the image's swap partitions. Default: empty.",
        "OperatingSystem.Timezone" =>
            "Time zone by its tz database name. Default: Etc/UTC.",
        "OperatingSystem.Users" =>
            "Accounts to be there, beside those of the base; one that the base has is changed. Default: empty.",
        "Partition" =>
            "One partition.",
        "Partition.Alignment" =>
            "Boundary that the first byte falls on when no offset is given. Default: 1M.",
        "Partition.Attributes" =>
            "GPT attribute bits, as in `0x8000000000000000`. Default: the type's.",
        "Partition.Bootable" =>
            "MBR active flag, GPT legacy-boot attribute. Default: no.",
        "Partition.Content" =>
            "What is in it. Default: the part of the system below the mount point, or nothing.",
        "Partition.Contents" =>
            "Files to put into it beside its content. Default: empty.",
        "Partition.Directories" =>
            "Directories to be in it. Default: empty.",
        "Partition.Encrypt" =>
            "How it is encrypted. Default: not at all.",
        "Partition.FactoryReset" =>
            "In these definitions: whether a factory reset makes it anew, empty. Default: no.",
        "Partition.FileSystem" =>
            "The file system. Default: none; the partition holds its content as it is, or nothing.",
        "Partition.Free" =>
            "Room beyond the content when the size is auto. Default: none.",
        "Partition.FreePercent" =>
            "Room beyond the content when the size is auto, in per cent of the content, 0 to 1000. Default: none.",
        "Partition.Grow" =>
            "Whether the file system grows with the partition when it is mounted: the attribute bit 59, for types that have it, and `x-systemd.growfs` in fstab. Default: no.",
        "Partition.Label" =>
            "GPT name, at most 36 UTF-16 units. Default: the type's name.",
        "Partition.MaxSize" =>
            "Largest size when room is shared out. Default: none.",
        "Partition.MinSize" =>
            "Least size when the size is auto. Default: none.",
        "Partition.MountBy" =>
            "What it is found by when it is mounted. Default: uuid.",
        "Partition.MountOptions" =>
            "Mount options for fstab. Default: `defaults`.",
        "Partition.MountPoint" =>
            "Where the system mounts it; content below that path goes into this partition. Default: nowhere.",
        "Partition.NoAuto" =>
            "Whether the attribute no-auto is set (bit 63): nothing mounts it by itself. Default: no.",
        "Partition.Offset" =>
            "Absolute offset of the first byte, a multiple of the sector. Default: after the partition before.",
        "Partition.Padding" =>
            "Room that is left free behind it at least. Default: none.",
        "Partition.PaddingWeight" =>
            "Share of the room that is left, in an image of fixed size, for the gap behind it; 0 takes none. Default: none.",
        "Partition.Priority" =>
            "In the definitions of systemd-repart that a growing system has: which partitions are given up where a disk has no room for all, the highest first; 0 and below never. Default: none.",
        "Partition.ReadOnly" =>
            "Whether the attribute read-only is set (bit 60), for types that have it. Default: as verity needs it.",
        "Partition.Size" =>
            "Size. Default: auto, what the content needs plus `free`.",
        "Partition.SlotOf" =>
            "Place in the table, from 0, of the partition that this one is an empty slot of; null for all others.",
        "Partition.Slots" =>
            "Slots, 1 to 9: this one and as many empty ones of its type and size, named `_empty`, that later versions go into. They follow the last partition that has some. Default: 1, itself.",
        "Partition.SplitName" =>
            "Name of the file that it is written to beside the image when `split` asks for it: the image's name and version, this and `.raw`. `%U` is its UUID, `%t` its type. Default: none, it is not.",
        "Partition.Store" =>
            "Where the store's paths come from. Default: the store of the build machine.",
        "Partition.StorePaths" =>
            "Paths of a Nix or Guix store to put into it, with all that they refer to. Default: empty.",
        "Partition.StorePrefix" =>
            "Directory of the partition that the store's paths are put into: `/` where the partition is mounted at the store. Default: the store's own path, as in `/nix/store`.",
        "Partition.StoreRegistration" =>
            "File to write in the partition that `nix-store --load-db` reads, as in `/nix-path-registration`: what the store's paths are and what they refer to. Default: none.",
        "Partition.Symlinks" =>
            "Symbolic links to make in it. Default: empty.",
        "Partition.Type" =>
            "Type: a name (`esp`, `root`, `linux-generic`, `bios-boot`, …), a GUID, or for MBR a byte as `0x83`. Default: linux-generic.",
        "Partition.Uuid" =>
            "GPT unique id. Default: from the seed.",
        "Partition.ValidateFileSystem" =>
            "Whether the file system's root directory says which partition it is for, as systemd-validatefs compares it when it is mounted: by name, type and mount point. Default: no.",
        "Partition.Verity" =>
            "Its part in the protection of a file system by dm-verity. Default: none.",
        "Partition.Weight" =>
            "Share of the room that is left in an image of fixed size; 0 takes none. Default: 1000.",
        "PartitionContent" =>
            "What a partition holds.",
        "PartitionEncryption" =>
            "Encryption of a partition by LUKS2: aes-xts-plain64 with keys of 512 bits, the header in the first 16 MiB. What unlocks it is a key file; its bytes are also what is typed, where it holds a passphrase without a line's end.",
        "PartitionEncryption.Discard" =>
            "Whether what is freed may be told to the disk (allow-discards). Default: no.",
        "PartitionEncryption.Kdf" =>
            "How the slot's key is made of it. Default: argon2id.",
        "PartitionEncryption.KeyFile" =>
            "The file whose bytes unlock it, relative to the definition.",
        "PartitionEncryption.KeyInInitrd" =>
            "The root: whether the key lies in the initial RAM disk, so that the system starts without asking for it on the console. Who has the partition that the kernel starts from has the key then: it protects a root whose disk is kept apart from it, and nothing else. Default: no.",
        "PartitionEncryption.Label" =>
            "Label in the header. Default: none.",
        "PartitionEncryption.VolumeKey" =>
            "A file of 64 secret bytes, relative to the definition, that the data is encrypted with: with it the image has the same bytes each time, and whoever has it reads every such image. Default: none, the key is random, and each build has other bytes.",
        "PartitionFileSystem" =>
            "The file system made in a partition, and its options.",
        "PartitionFileSystem.AllRoot" =>
            "squashfs, EROFS: whether everything belongs to root (-all-root). Default: no.",
        "PartitionFileSystem.Attributes" =>
            "FAT: attributes of files and directories by their path, applied in order. Default: empty.",
        "PartitionFileSystem.BlockSize" =>
            "Bytes in a block, a power of two: ext 1024 to 65536, of which Linux before 6.19 mounts those up to its page, mostly 4096; EROFS 512 to 65536, mostly no more than 4096 either; squashfs 4096 to 1048576. Default: ext and EROFS 4096, squashfs 131072.",
        "PartitionFileSystem.BytesPerInode" =>
            "ext: bytes for which there is one inode; what the tree needs is always there. Default: 16K.",
        "PartitionFileSystem.Casefold" =>
            "ext: directories, with all below them, whose names are found in any case; needs the feature casefold. Default: empty.",
        "PartitionFileSystem.CasefoldStrict" =>
            "ext: whether names that are not UTF-8 are refused in them. Default: no.",
        "PartitionFileSystem.CheckDays" =>
            "ext: days after which e2fsck checks it, up to 49710. Default: 0, however many there are.",
        "PartitionFileSystem.ChunkSize" =>
            "EROFS: bytes in a chunk (--chunksize), a power of two, of files that are not compressed. Default: none, but for files with holes.",
        "PartitionFileSystem.ClusterSize" =>
            "FAT: bytes in a cluster, a power of two from the sector size to 64K. Default: by size, as mkfs.fat has it.",
        "PartitionFileSystem.CodePage" =>
            "FAT: code page of short names and of the label: 437 or 850. Default: 437.",
        "PartitionFileSystem.CompressedCluster" =>
            "EROFS: the largest unit of compressed data (-C), whole blocks up to 1M. Default: a block for lz4 and lz4hc, 64K for others.",
        "PartitionFileSystem.Compression" =>
            "squashfs, EROFS, iso9660, btrfs: the compressor (mksquashfs -comp, mkfs.erofs -z, mkfs.btrfs --compress); iso9660 has none and gzip, which is zisofs. Default: squashfs zstd, iso9660 gzip, others none.",
        "PartitionFileSystem.CompressionLevel" =>
            "squashfs, EROFS, iso9660, btrfs: how hard the compressor tries (-Xcompression-level, level=): gzip, deflate and lz4hc 1 to 12, zstd 1 to 22, lzo 1 to 9, lzma 0 to 9 and 100 to 109, zisofs 1 to 9; in btrfs zstd 1 to 15, gzip 1 to 9. Default: squashfs gzip 9, zstd 15, lzo 8; EROFS lz4hc 9, zstd 3, others 6; zisofs 9; btrfs what mkfs.btrfs takes.",
        "PartitionFileSystem.DataAlignment" =>
            "FAT: boundary in the partition on which the data area starts, a power of two up to 16M. Default: 4K or the cluster size, whichever is larger.",
        "PartitionFileSystem.DefaultMountOptions" =>
            "ext: options with which the kernel mounts it unless told otherwise, by tune2fs's names, as in `user_xattr,acl`; a list or one text with commas. Default: user_xattr and acl.",
        "PartitionFileSystem.DictionarySize" =>
            "squashfs: xz's dictionary (-Xdict-size), 8K to the block size, a power of two or three times one. Default: the block size.",
        "PartitionFileSystem.DriveNumber" =>
            "FAT: number that the BIOS has for the disk: 128 is the first hard disk, 0 the first floppy. Default: 128.",
        "PartitionFileSystem.Duplicates" =>
            "squashfs, EROFS: whether equal files are stored once (-no-duplicates, -Ededupe). Default: squashfs yes, EROFS no.",
        "PartitionFileSystem.Errors" =>
            "ext: what the kernel does when it finds damage. Default: continue.",
        "PartitionFileSystem.Exports" =>
            "squashfs: whether it can be exported by NFS (-no-exports). Default: yes.",
        "PartitionFileSystem.ExtendedMountOptions" =>
            "ext: more such options as the kernel takes them, at most 63 bytes, kept in the superblock. Default: none.",
        "PartitionFileSystem.FatType" =>
            "FAT: 12, 16 or 32. Default: 32 from 512 MiB on, below it the one of 12 and 16 that has more clusters.",
        "PartitionFileSystem.Features" =>
            "ext: features by mke2fs's names to add to the profile, or to take from it with `^` before the name; a list or one text with commas, as in `^metadata_csum,^64bit`. Default: empty.",
        "PartitionFileSystem.Filters" =>
            "squashfs: xz's filters of machine code, each tried on every block (-Xbcj). Default: empty.",
        "PartitionFileSystem.Fragments" =>
            "squashfs, EROFS: which files share blocks (-tailends, -no-fragments; -Efragments, -Eall-fragments). Default: squashfs small-files, EROFS none.",
        "PartitionFileSystem.GroupsPerFlex" =>
            "ext: groups whose tables stand together, a power of two up to 65536, with flex_bg. Default: 16.",
        "PartitionFileSystem.HardLinks" =>
            "squashfs, EROFS, btrfs, XFS, F2FS: what becomes of several names of one file (-no-hardlinks, --hard-dereference). Default: keep.",
        "PartitionFileSystem.HashCharacters" =>
            "ext: the directory hash's notion of a character from 0x80 on. Default: signed.",
        "PartitionFileSystem.HashSeed" =>
            "ext: the secret of the directory hash. Default: from the seed.",
        "PartitionFileSystem.Heads" =>
            "FAT: heads, 1 to 255, for boot code. Default: 64 below 512 MiB, else 255.",
        "PartitionFileSystem.HiddenSectors" =>
            "FAT: sectors before the file system, for boot code. Default: those before the partition.",
        "PartitionFileSystem.HighCompression" =>
            "squashfs: whether lz4 compresses well and slowly (-Xhc). Default: no.",
        "PartitionFileSystem.Index" =>
            "EROFS: the form of the index of compressed files (-Elegacy-compress). Default: compact.",
        "PartitionFileSystem.InlineData" =>
            "EROFS: whether ends of files that are not compressed stand behind their inodes (-E^inline_data). Default: yes.",
        "PartitionFileSystem.InodeSize" =>
            "ext: bytes in an inode: 128, 256, 512 or 1024; 128 need the features `^extra_isize`. Default: 256, for hurd 128.",
        "PartitionFileSystem.Inodes" =>
            "ext: the number of inodes; it is rounded up to whole table blocks. Default: by `bytesPerInode`.",
        "PartitionFileSystem.JournalSize" =>
            "ext: the journal's size, at least 1024 blocks, or `none`. Default: what mke2fs gives a file system of the size.",
        "PartitionFileSystem.Label" =>
            "Volume label: ext at most 16 bytes, EROFS and swap 15, btrfs 255, XFS 12, FAT at most 11 characters, F2FS 512; squashfs has none. Default: none.",
        "PartitionFileSystem.LastMounted" =>
            "ext: where it says that it was last mounted, at most 63 bytes. Default: the mount point.",
        "PartitionFileSystem.Layout" =>
            "EROFS: how things are laid out. Default: dense.",
        "PartitionFileSystem.LostAndFound" =>
            "ext: whether there is a `lost+found`, which e2fsck wants. Default: yes.",
        "PartitionFileSystem.LzoAlgorithm" =>
            "squashfs: lzo's algorithm (-Xalgorithm). Default: lzo1x_999.",
        "PartitionFileSystem.MaxMountCount" =>
            "ext: mounts after which e2fsck checks it, up to 32767. Default: 0, however many there are.",
        "PartitionFileSystem.Minimize" =>
            "ext: whether an automatic size has no more inodes than the tree needs, for images that are grown or only read. Default: no.",
        "PartitionFileSystem.MkfsOptions" =>
            "btrfs, XFS, F2FS: further options for its mkfs, as in `-m single`. Owners and times are set in what mkfs makes, which keeps to one device, and to the checksum crc32c in btrfs. Default: empty.",
        "PartitionFileSystem.PageSize" =>
            "swap: bytes in a page of the machine that swaps: 4096, 8192, 16384 or 65536. Default: 4096.",
        "PartitionFileSystem.Profile" =>
            "ext: a named set of features, kept for ever. For ext4 `default` (what Debian 12's mke2fs makes, which every boot loader in use reads), `modern` (adds metadata_csum_seed and orphan_file) or `compat` (without 64bit and metadata_csum); for ext2 `ext2` or `hurd` (for GNU/Hurd); for ext3 `ext3`. Default: the first of its type.",
        "PartitionFileSystem.Projects" =>
            "ext: projects that parts of the tree belong to; needs the feature project. Default: empty.",
        "PartitionFileSystem.Quotas" =>
            "ext: by whom usage is counted; needs the feature quota. Default: with that feature user and group, with project too.",
        "PartitionFileSystem.ReadOnlyFiles" =>
            "FAT: which files get the attribute read-only from their mode. Default: none.",
        "PartitionFileSystem.ReservedPercent" =>
            "ext: the share of blocks that only root may fill, in percent, 0 to 50. Default: 1, where mke2fs has 5.",
        "PartitionFileSystem.RootGid" =>
            "ext, squashfs: group of the root directory, in ext together with a user. Default: the content's.",
        "PartitionFileSystem.RootMode" =>
            "ext, squashfs: permissions of the root directory. Default: the content's.",
        "PartitionFileSystem.RootUid" =>
            "ext, squashfs: user that owns the root directory, in ext together with a group. Default: the content's.",
        "PartitionFileSystem.SectorSize" =>
            "FAT: bytes in a sector: 512, 1024, 2048 or 4096, no fewer than the disk's. Default: the disk's.",
        "PartitionFileSystem.SectorsPerTrack" =>
            "FAT: sectors in a track, 1 to 63, for boot code. Default: 32 below 512 MiB, else 63.",
        "PartitionFileSystem.Strategies" =>
            "squashfs: gzip's strategies, each tried on every block (-Xstrategy). Default: empty, the usual one.",
        "PartitionFileSystem.Stride" =>
            "ext: blocks that a RAID writes to one disk before it goes on to the next. Default: 0, not known.",
        "PartitionFileSystem.StripeWidth" =>
            "ext: blocks that a RAID writes to all disks before it comes back to the first. Default: 0, not known.",
        "PartitionFileSystem.Subvolumes" =>
            "btrfs: directories that become subvolumes (--subvol); mkfs.btrfs makes them from 6.11 on. Default: empty.",
        "PartitionFileSystem.TailPacking" =>
            "EROFS: whether compressed ends of files stand behind their inodes (-Eztailpacking). Default: no.",
        "PartitionFileSystem.Times" =>
            "EROFS: which times inodes have (--ignore-mtime). Default: keep.",
        "PartitionFileSystem.Type" =>
            "Type of the file system.",
        "PartitionFileSystem.Uncompressed" =>
            "squashfs: what is not compressed (-noI, -noD, -noF, -noX, -noId). Default: empty.",
        "PartitionFileSystem.Unsupported" =>
            "What becomes of what the file system has no room for: in FAT symbolic links, devices, pipes and sockets; in squashfs ACLs and times before 1970 or from 2106 on. Default: error.",
        "PartitionFileSystem.Uuid" =>
            "UUID; for FAT its first 32 bits are the volume id; squashfs has none. Default: from the seed.",
        "PartitionFileSystem.Verity" =>
            "ext: files that fs-verity protects, a directory for all files below it; the kernel then reads nothing of them that their hashes do not confirm. Needs the feature verity. Default: empty.",
        "PartitionFileSystem.VerityHash" =>
            "ext: the hash of fs-verity. Default: sha256.",
        "PartitionFileSystem.VolumeId" =>
            "FAT: volume id, as `1A2B-3C4D`. Default: the first 32 bits of the UUID.",
        "PartitionFileSystem.WindowSize" =>
            "squashfs: gzip's window in bits (-Xwindow-size), 8 to 15. Default: 15.",
        "PartitionFileSystem.Xattrs" =>
            "squashfs: whether extended attributes are stored (-no-xattrs). Default: yes.",
        "PartitionTableType" =>
            "Partition tables.",
        "PartitionTableType.Gpt" =>
            "GUID partition table.",
        "PartitionTableType.Mbr" =>
            "Master boot record, with at most four primary partitions.",
        "PartitionTableType.None" =>
            "No table: the image is its only partition's file system.",
        "PartitionVerity" =>
            "A partition's part in the protection of a file system by dm-verity: every block is compared with a tree of hashes as it is read, and the root hash is in the kernel's command line. Data and hash partitions get halves of the root hash as their UUIDs, by which they are found.",
        "PartitionVerity.DataBlockSize" =>
            "Data: bytes in a block that is hashed, a power of two from 512 to 4096. Default: 4096.",
        "PartitionVerity.HashBlockSize" =>
            "Data: bytes in a block of hashes, a power of two from 512 to 4096. Default: 4096.",
        "PartitionVerity.Match" =>
            "The name that the data, the hashes and the signature of one file system have in common. Default: root.",
        "PartitionVerity.Role" =>
            "Which part it is.",
        "PrivilegedProgram" =>
            "A program of the base that runs with more rights than whoever starts it has.",
        "PrivilegedProgram.Capabilities" =>
            "Capabilities that it is given, by the names of capabilities(7), as in `cap_net_raw`: permitted and effective. Default: none.",
        "PrivilegedProgram.Group" =>
            "Group by name in the image. Default: root.",
        "PrivilegedProgram.Program" =>
            "Absolute path of the program in the tree.",
        "PrivilegedProgram.SetGid" =>
            "Whether it runs as its group. Default: no.",
        "PrivilegedProgram.SetUid" =>
            "Whether it runs as its owner. Default: no.",
        "PrivilegedProgram.User" =>
            "Owner by name in the image. Default: root.",
        "ProjectDirectory" =>
            "A part of a tree that belongs to a project, as project quotas know it.",
        "ProjectDirectory.Id" =>
            "The project's number.",
        "ProjectDirectory.Inherit" =>
            "Whether directories hand the project on to what is made in them later. Default: yes.",
        "ProjectDirectory.Path" =>
            "Path from the file system's root; all below it belongs to the project too.",
        "QuotaType" =>
            "By whom usage is counted.",
        "QuotaType.Group" =>
            "By group.",
        "QuotaType.Project" =>
            "By project; needs the feature project.",
        "QuotaType.User" =>
            "By owner.",
        "RawContent" =>
            "The bytes of a host file, without a file system of ours.",
        "RawContent.Path" =>
            "Path, relative to the definition.",
        "ReadOnlyFiles" =>
            "Which files are read-only in a file system without permissions.",
        "ReadOnlyFiles.ByMode" =>
            "Those whose mode lets nobody write.",
        "ReadOnlyFiles.None" =>
            "None, so that all can be replaced.",
        "SerialGetty" =>
            "A login prompt on a serial line. In YAML `{getty: ttyS0}`.",
        "SerialGetty.Line" =>
            "The line, as in `ttyS0`.",
        "Service" =>
            "A unit to enable or mask, or a serial console.",
        "SigningKey" =>
            "A key that something is signed with, and the certificate that tells who did.",
        "SigningKey.Certificate" =>
            "The certificate: a PEM file, relative to the definition.",
        "SigningKey.Command" =>
            "A program with its arguments that signs in place of a key, for one that does not leave its device: it reads a SHA-256 digest of 32 bytes from standard input and writes the signature to standard output, as `openssl pkeyutl -sign -pkeyopt digest:sha256` does. Default: none.",
        "SigningKey.Key" =>
            "The private key: a PEM file without a passphrase, relative to the definition. Default: none, a command signs.",
        "SquashfsPart" =>
            "Parts of a squashfs.",
        "SquashfsPart.Data" =>
            "Blocks of data.",
        "SquashfsPart.Fragments" =>
            "Fragments, which small files share.",
        "SquashfsPart.Ids" =>
            "The table of owners.",
        "SquashfsPart.Inodes" =>
            "Inodes, directories and tables.",
        "SquashfsPart.Xattrs" =>
            "Extended attributes.",
        "StorePath" =>
            "A path of a Nix or Guix store.",
        "StorePath.Closure" =>
            "Whether everything that it refers to comes along, as far as that goes. Default: yes.",
        "StorePath.Path" =>
            "The path, as in `/nix/store/…-hello-2.12`, or of a link on the build machine that leads to one, as `result`, relative to the definition.",
        "StoreSource" =>
            "Where paths of a store come from, beside their names.",
        "StoreSource.BinaryCache" =>
            "Binary cache to take the paths from, a directory or its `file://` URL, relative to the definition. What comes out of it is checked against its hashes. Default: none.",
        "StoreSource.Directory" =>
            "Directory of the build machine that holds the paths, relative to the definition. Default: the store itself.",
        "StoreSource.Registration" =>
            "File that says what refers to what, relative to the definition: that of `nix-store --dump-db`, or of `closureInfo` in nixpkgs, or the latter's directory. Default: none, the store's own tool is asked.",
        "StoreSource.TrustedKeys" =>
            "Public keys, one of which must have signed each path of the binary cache: Nix's as in `cache.nixos.org-1:6NCH…`, Guix's as in `(public-key (ecc …))`, or the path of a file with one, or with Guix's list of them, `/etc/guix/acl`. Default: empty, hashes alone are checked.",
        "Subvolume" =>
            "A directory of a btrfs that becomes a subvolume.",
        "Subvolume.Default" =>
            "Whether it is what is mounted where no subvolume is named. Default: no.",
        "Subvolume.Path" =>
            "The directory, from the file system's root on.",
        "Subvolume.ReadOnly" =>
            "Whether it is only read. Default: no.",
        "SudoPolicy" =>
            "What sudo allows an account.",
        "SudoPolicy.NoPassword" =>
            "Everything, without a password.",
        "SudoPolicy.None" =>
            "Nothing is declared.",
        "SudoPolicy.Password" =>
            "Everything, after the account's password.",
        "SwapDiscard" =>
            "When a disk is told of swap space that is free (swapon(8)).",
        "SwapDiscard.Both" =>
            "Both.",
        "SwapDiscard.None" =>
            "Never.",
        "SwapDiscard.Once" =>
            "All of it once, when it is taken into use.",
        "SwapDiscard.Pages" =>
            "Pages as they are freed.",
        "SwapSpace" =>
            "Swap space beside the image's swap partitions: a partition of another disk, or a file that is there.",
        "SwapSpace.Device" =>
            "A device, `UUID=…`, `LABEL=…` or a file's absolute path.",
        "SwapSpace.Discard" =>
            "Whether freed space is told to the disk. Default: none.",
        "SwapSpace.MayFail" =>
            "Whether booting goes on without it. Default: no.",
        "SwapSpace.Priority" =>
            "Order of use, -1 to 32767, the highest first. Default: below all that have one.",
        "SwapSpace.Requires" =>
            "Units that have to be there before. Default: none.",
        "SystemBase" =>
            "Where a root tree comes from.",
        "SystemFile" =>
            "A file to write into the tree.",
        "SystemFile.Group" =>
            "Group by name in the image. Default: root.",
        "SystemFile.Link" =>
            "Target of a symbolic link to make. Default: none.",
        "SystemFile.Mode" =>
            "Permissions, octal. Default: 0644; for a source its own, with the owner's write and without others' write and setuid, so that the umask of a checkout does not show; 0755 for directories. For a source directory it is that of its files, and its directories add search where it has read.",
        "SystemFile.Source" =>
            "Host file or directory to copy, relative to the definition. Exactly one of source, text and link. Default: none.",
        "SystemFile.Target" =>
            "Absolute path in the tree; parents are made.",
        "SystemFile.Text" =>
            "The content itself. Default: none.",
        "SystemFile.User" =>
            "Owner by name in the image. Default: root.",
        "TarBase" =>
            "A tar archive: plain, gzip, xz or zstd.",
        "TarBase.Path" =>
            "Path, relative to the definition.",
        "TarContent" =>
            "The files of a tar archive.",
        "TarContent.Path" =>
            "Path, relative to the definition.",
        "UnifiedKernel" =>
            "A unified kernel image: one program for UEFI that holds the kernel, the initial RAM disk and the command line, so that one signature is for all of them.",
        "UnifiedKernel.Addons" =>
            "Addons, for every unified kernel image on the EFI system partition: signed on their own, they stay when an update brings another image. Default: none.",
        "UnifiedKernel.DeviceTrees" =>
            "Device trees by their absolute paths in the system; of several the one that the firmware's names. Default: none.",
        "UnifiedKernel.Microcode" =>
            "Updates of the processor's microcode by their absolute paths in the system, as cpio archives. Default: none.",
        "UnifiedKernel.PcrKey" =>
            "A private key, a PEM file relative to the definition, that the expected values of PCR 11 are signed with, so that a TPM gives a secret to every version of the image that is signed by it (systemd-measure). Default: none, they are not.",
        "UnifiedKernel.Profiles" =>
            "Other ways to start it, which the boot menu has an entry for each of. Default: none.",
        "UnifiedKernel.Splash" =>
            "A picture to show while it starts: a BMP file, relative to the definition. Default: none.",
        "UnifiedKernel.Tries" =>
            "How often it may fail to come up before an older one boots, 1 to 99; written into its file's name. Default: not counted.",
        "UnsupportedFiles" =>
            "What becomes of files that a file system cannot hold.",
        "UnsupportedFiles.Error" =>
            "The build fails and names them.",
        "UnsupportedFiles.Skip" =>
            "They are left out.",
        "UpdateSource" =>
            "Where a system finds its updates, by systemd-sysupdate.",
        "UpdateSource.Location" =>
            "URL of the directory that the split outputs and their SHA256SUMS are published in.",
        "UpdateSource.Tries" =>
            "How often a new version may fail to come up before the one before it boots again, 1 to 99; it has come up when boot-complete.target is reached. Default: 3.",
        "UpdateSource.Verify" =>
            "Whether SHA256SUMS must be signed by a key of `/usr/lib/systemd/import-pubring.gpg`, as SHA256SUMS.gpg beside it. Default: yes.",
        "UserAccount" =>
            "An account.",
        "UserAccount.Comment" =>
            "Full name for the GECOS field. Default: empty.",
        "UserAccount.CreateHome" =>
            "Whether the home is made, from /etc/skel, when it is not there. Default: yes, no for a system account.",
        "UserAccount.Group" =>
            "Primary group by name. Default: a group of the account's own name.",
        "UserAccount.Groups" =>
            "Other groups by name. Default: empty.",
        "UserAccount.Home" =>
            "Home directory. Default: `/home/NAME`, or `/nonexistent` for a system account.",
        "UserAccount.Name" =>
            "Name, by the rules of useradd(8).",
        "UserAccount.PasswordHash" =>
            "Password as crypt(5) stores it, from `mkpasswd` say. Default: none, logging in by password is locked.",
        "UserAccount.Shell" =>
            "Login shell. Default: `/bin/bash`, or `/usr/sbin/nologin` for a system account.",
        "UserAccount.SshKeys" =>
            "Public keys for ~/.ssh/authorized_keys, each as the line of a .pub file. Default: empty.",
        "UserAccount.Sudo" =>
            "What sudo allows. Default: none, nothing beyond what the account's groups give.",
        "UserAccount.System" =>
            "Whether it is a system account: system range, no home is made. Default: no.",
        "UserAccount.Uid" =>
            "Number. Default: the next free one of its range (1000 up, or 999 down for a system account).",
        "UserGroup" =>
            "A group.",
        "UserGroup.Gid" =>
            "Number. Default: the next free one of its range (1000 up, or 999 down for a system group).",
        "UserGroup.Name" =>
            "Name, by the rules of useradd(8).",
        "UserGroup.System" =>
            "Whether the number comes from the system's range. Default: no.",
        "VerityHash" =>
            "Hashes of fs-verity.",
        "VerityHash.Sha256" =>
            "SHA-256.",
        "VerityHash.Sha512" =>
            "SHA-512.",
        "VerityRole" =>
            "What a partition is to dm-verity.",
        "VerityRole.Data" =>
            "It holds the file system that is protected.",
        "VerityRole.Hash" =>
            "It holds the tree of hashes.",
        "VerityRole.Signature" =>
            "It holds the signature of the root hash.",
        "WslSettings" =>
            "How a system is set up as a distribution of the Windows Subsystem for Linux.",
        "WslSettings.DefaultUser" =>
            "Account that a shell is opened for. Default: the first declared account that is no system account, else root.",
        "WslSettings.Icon" =>
            "Icon of the distribution in Windows' start menu and terminal: a file of the form .ico, relative to the definition, of at most 1 MiB. It is `/usr/lib/wsl/distribution.ico` in the tree. Default: none, that of WSL.",
        "WslSettings.Name" =>
            "Name that the distribution is installed under. Default: the definition's name.",
        "WslSettings.Systemd" =>
            "Whether systemd is started. Default: yes.",
        "XzFilter" =>
            "Filters of machine code before xz.",
        "XzFilter.Arm" =>
            "Arm.",
        "XzFilter.Arm64" =>
            "Arm of 64 bits; Linux from 6.12 on.",
        "XzFilter.Armthumb" =>
            "Arm, Thumb code.",
        "XzFilter.Ia64" =>
            "Itanium.",
        "XzFilter.Powerpc" =>
            "PowerPC, big-endian.",
        "XzFilter.Riscv" =>
            "RISC-V; Linux from 6.12 on.",
        "XzFilter.Sparc" =>
            "SPARC.",
        "XzFilter.X86" =>
            "x86, of 32 and 64 bits.",
        _ => "",
    };
}
