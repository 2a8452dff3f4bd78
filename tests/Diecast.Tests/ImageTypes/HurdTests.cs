using Diecast.Building;
using Diecast.Definitions;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.Trees;

namespace Diecast.Tests.ImageTypes;

/// <summary>Disks of a GNU/Hurd tree that is given; its programs are stand-ins, GRUB's are real.</summary>
public sealed class HurdTests : IDisposable
{
    private const string Modules = "/usr/lib/grub/i386-pc";

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [ToolFact("sfdisk", "e2fsck", "grub-mkimage", "grub-script-check", "debugfs")]
    public void A_64_bit_Hurd_is_started_by_its_servers_in_their_order()
    {
        Tree("hurd/pci-arbiter.static", "hurd/acpi.static", "hurd/rumpdisk.static", "hurd/ext2fs.static", "hurd/exec", "lib/ld-x86-64.so.1",
            "boot/gnumach-1.8-amd64.gz", "boot/gnumach-1.8-amd64-dbg.gz", "boot/gnumach-1.7-amd64.gz");
        string raw = Build("hurd64-raw");

        Assert.Contains("start=        2048,", Tool.Check("sfdisk", "--dump", raw), StringComparison.Ordinal);
        Assert.Contains("type=83, bootable", Tool.Check("sfdisk", "--dump", raw), StringComparison.Ordinal);
        FileTree tree = Root(raw, out string root);
        Assert.Equal(
            """
            # Made with the image by Diecast. update-grub replaces it; /etc/default/grub.d/diecast.cfg has the same settings.

            set default=0
            set timeout=1

            menuentry 'Debian GNU/Hurd forky/sid' {
                multiboot /boot/gnumach-1.8-amd64.gz root=part:1:device:wd0 noide console=com0
                module /hurd/pci-arbiter.static pci-arbiter '--host-priv-port=${host-port}' '--device-master-port=${device-port}' '--next-task=${acpi-task}' '$(pci-task=task-create)' '$(task-resume)'
                module /hurd/acpi.static acpi '--next-task=${disk-task}' '$(acpi-task=task-create)'
                module /hurd/rumpdisk.static rumpdisk '--next-task=${fs-task}' '$(disk-task=task-create)'
                module /hurd/ext2fs.static ext2fs --readonly '--multiboot-command-line=${kernel-command-line}' '--exec-server-task=${exec-task}' -T typed '${root}' '$(fs-task=task-create)'
                module /lib/ld-x86-64.so.1 exec /hurd/exec '$(exec-task=task-create)'
            }

            """,
            tree.ReadText("/boot/grub/grub.cfg"));
        File.WriteAllText(_directory["grub.cfg"], tree.ReadText("/boot/grub/grub.cfg"));
        Tool.Check("grub-script-check", _directory["grub.cfg"]);
        Assert.Contains("/dev/wd0s1\t/\text2\tdefaults\t0\t1\n", tree.ReadText("/etc/fstab"), StringComparison.Ordinal);
        Assert.IsType<FileInode>(tree.Find("/servers/startup"));
        Tool.Check("e2fsck", "-fn", root);
        Assert.Contains("Filesystem OS type:       Hurd", Tool.Check("debugfs", "-R", "stats -h", root), StringComparison.Ordinal);
        using HostFile disk = HostFile.Open(raw);
        // boot.img, and the first sector of the core image that it loads.
        Assert.NotEqual(0, Blob.FromFile(disk, 0, 1).ToArray()[0]);
        Assert.NotEqual(new byte[512], Blob.FromFile(disk, 512, 512).ToArray());
    }

    [ToolFact("grub-mkimage")]
    public void A_kernel_with_its_own_disk_driver_needs_two_servers()
    {
        Tree("hurd/ext2fs.static", "hurd/exec.static", "boot/gnumach-1.8-486.gz");
        FileTree tree = Root(Build("hurd-raw"), out _);

        string menu = tree.ReadText("/boot/grub/grub.cfg")!;
        Assert.Contains("multiboot /boot/gnumach-1.8-486.gz root=device:hd0s1 console=com0\n", menu, StringComparison.Ordinal);
        Assert.Contains("'${root}' '$(task-create)' '$(task-resume)'\n    module /hurd/exec.static exec '$(exec-task=task-create)'\n}", menu, StringComparison.Ordinal);
        Assert.Contains("/dev/hd0s1\t/\text2", tree.ReadText("/etc/fstab"), StringComparison.Ordinal);
    }

    [ToolFact("grub-mkimage", "qemu-img")]
    public void The_qcow2_has_the_raw_disk_in_it_twice_the_same()
    {
        Tree("hurd/ext2fs.static", "hurd/exec.static", "boot/gnumach-1.8-486.gz");
        string raw = Build("hurd-raw");
        string qcow2 = Build("hurd-qcow2");
        byte[] first = File.ReadAllBytes(qcow2);

        Tool.Check("qemu-img", "compare", raw, qcow2);
        Assert.Equal(first, File.ReadAllBytes(Build("hurd-qcow2")));
    }

    [Fact]
    public void What_a_tree_lacks_is_named()
    {
        Tree("boot/gnumach-1.8-486.gz", "hurd/rumpdisk.static");
        Assert.Contains("there is no /hurd/pci-arbiter.static", Assert.Throws<Diecast.Boot.BootException>(() => Build("hurd-raw")).Message, StringComparison.Ordinal);
        File.Delete(_directory["root/boot/gnumach-1.8-486.gz"]);
        Assert.Contains("there is no /boot/gnumach", Assert.Throws<Diecast.Boot.BootException>(() => Build("hurd-raw")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_of_Linux_alone_is_refused_with_its_place()
    {
        IReadOnlyList<DefinitionError> errors = Assert.Throws<DefinitionException>(() => DefinitionReader.ReadText(
            """
            name: hurd
            system:
              base: { debian: { suite: sid } }
              kernel: gnumach-image-1-486
              bootloader: extlinux
            image: { type: hurd-raw, volatileRoot: yes, sharedStore: /gnu/store }
            """,
            "hurd.yaml",
            _directory.Path)).Errors;
        Assert.Superset(
            new HashSet<string> { "system.base.debian", "system.kernel.package", "system.bootloader.kind", "image.volatileRoot", "image.sharedStore" },
            errors.Select(error => error.Path).ToHashSet());
    }

    private string Build(string type)
    {
        LoadedDefinition loaded = DefinitionReader.ReadText(
            $"name: hurd\nepoch: 1700000000\nseed: 2f9a6c1e-5d9f-4a3b-8c47-1b2d3e4f5a6b\nsystem: {{ base: {{ directory: root }}, kernel: {{ arguments: [console=com0] }} }}\nimage: {{ type: {type} }}",
            "hurd.yaml",
            _directory.Path);
        BuildReport report = ImageBuilder.Build(loaded, new BuildOptions { OutputPath = _directory.Path + "/" });
        return Assert.Single(report.Outputs).Path;
    }

    private static FileTree Root(string raw, out string root)
    {
        root = raw + ".root";
        using (FileStream from = File.OpenRead(raw))
        using (FileStream to = File.Create(root))
        {
            from.Position = 1 << 20;
            from.CopyTo(to);
        }

        HostFile file = HostFile.Open(root);
        return ExtFileSystem.Read(Blob.FromFile(file, 0, new FileInfo(root).Length));
    }

    private void Tree(params string[] files)
    {
        foreach (string file in files)
            Write(file, "stand-in of " + file);
        Write("etc/os-release", "PRETTY_NAME=\"Debian GNU/Hurd forky/sid\"\n");
        Directory.CreateDirectory(_directory["root" + Modules]);
        if (Directory.Exists(Modules))
        {
            foreach (string module in Directory.EnumerateFiles(Modules))
                File.Copy(module, _directory[$"root{Modules}/{Path.GetFileName(module)}"]);
        }
    }

    private void Write(string path, string text)
    {
        string full = _directory["root/" + path];
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
