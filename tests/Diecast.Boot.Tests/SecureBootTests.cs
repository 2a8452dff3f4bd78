using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Diecast.Formats.Archives;
using Diecast.Formats.Blobs;
using Diecast.Formats.Executables;
using Diecast.Formats.FileSystems.Fat;
using Diecast.Formats.Firmware;
using Diecast.Formats.Partitioning;
using Diecast.Formats.Trees;

namespace Diecast.Boot.Tests;

/// <summary>Unified kernel images from an EFI system partition of ours, with firmware variables of ours.</summary>
public sealed class SecureBootTests(SecureBootTests.Packages packages) : IClassFixture<SecureBootTests.Packages>
{
    private const string Variables = "/usr/share/OVMF/OVMF_VARS_4M.fd";
    private const string Firmware = "/usr/share/OVMF/OVMF_CODE_4M.secboot.fd";
    private const string Image = "/EFI/Linux/small.efi";

    private static readonly EfiPartition Esp = new(new Guid("7d6e1d3c-5a55-4fd8-9d0a-4f63a4bd5a01"), 1, 2048, 96 * 2048);

    private static readonly SampleKey Ours = new("CN=Ours");
    private static readonly SampleKey Theirs = new("CN=Theirs");

    /// <summary>By a boot entry alone: nothing is at the place for removable media.</summary>
    [ToolFact("qemu-system-x86_64", "mmdebstrap", "swtpm", Firmware, Variables)]
    public void A_signed_image_boots_and_is_measured_as_predicted()
    {
        using var directory = new TempDirectory();
        UkiParts parts = PcrSignatures.Sign(packages.Parts("a=b"), Ours.Key);
        Blob image = Authenticode.Sign(UnifiedKernelImage.Assemble(parts), Ours.Signer, Ours.Key);
        WriteDisk(directory["disk"], image);
        WriteVariables(directory["variables"]);
        using var tpm = new SoftwareTpm(directory["tpm"]);

        using Qemu machine = Start(directory, tpm.Arguments);

        machine.Expect("Secure boot enabled|locked down from EFI Secure Boot");
        machine.Expect("small: up console=ttyS0 no_timer_check a=b");
        Assert.Equal(Convert.ToHexString(PcrPrediction.Programs([image])), machine.Expect("^small: pcr4 ([0-9A-F]{64})$").Groups[1].Value);
        Assert.Equal(Convert.ToHexString(PcrPrediction.Sections(image, "")), machine.Expect("^small: pcr11 ([0-9A-F]{64})$").Groups[1].Value);
        machine.ExpectEnd();
    }

    [ToolTheory("qemu-system-x86_64", "mmdebstrap", Firmware, Variables)]
    [InlineData(false)]
    [InlineData(true)]
    public void An_image_that_is_not_signed_by_a_key_of_the_machine_is_refused(bool isSigned)
    {
        using var directory = new TempDirectory();
        Blob image = UnifiedKernelImage.Assemble(packages.Parts(""));
        WriteDisk(directory["disk"], isSigned ? Authenticode.Sign(image, Theirs.Signer, Theirs.Key) : image);
        WriteVariables(directory["variables"]);

        using Qemu machine = Start(directory);

        machine.Expect("failed to load Boot0001 \"Small\" .*: (Access Denied|Security Violation)");
        Assert.DoesNotContain("small: up", machine.Transcript, StringComparison.Ordinal);
    }

    private static Qemu Start(TempDirectory directory, params string[] arguments) => Qemu.Start(new QemuOptions
    {
        Firmware = QemuFirmware.UefiSecureBoot,
        Variables = directory["variables"],
        Disks = [new QemuDisk(directory["disk"])],
        MemoryMiB = 512,
        Arguments = arguments,
    });

    private static void WriteVariables(string path)
    {
        EfiVariableStore store = EfiVariableStore.Read(Blob.FromMemory(File.ReadAllBytes(Variables)))
            .WithBootEntry(1, new EfiBootEntry { Description = "Small", Partition = Esp, Path = Image })
            .WithBootOrder(1)
            .WithTimeout(0)
            .WithSecureBoot(new SecureBootKeys { PlatformKey = Ours.Certificate, KeyExchangeKeys = [Ours.Certificate], Allowed = [Ours.Certificate] });
        File.WriteAllBytes(path, store.ToBlob().ToArray());
    }

    private static void WriteDisk(string path, Blob image)
    {
        var tree = new FileTree();
        tree.MakeDirectory("/EFI/Linux");
        tree.Set(Image, new FileInode(image));
        const int Sector = 512;
        var partition = new PlacedPartition
        {
            Offset = Esp.FirstLba * Sector,
            Length = Esp.BlockCount * Sector,
            Type = PartitionTypes.Esp,
            Id = Esp.Id,
            Content = FatFileSystem.Plan(tree, new FatOptions { Type = FatType.Fat32, Size = Esp.BlockCount * Sector }).ToBlob(),
        };
        Blob disk = new GptTable { Length = GptTable.LengthFor(partition.Offset + partition.Length), DiskId = new Guid("0e5a4b6f-6f0e-4e55-a7b8-7d1c8a3f9b10") }.Compose([partition]);
        using FileStream file = File.Create(path);
        using Stream content = disk.OpenRead();
        content.CopyTo(file);
    }

    /// <summary>A key and its own certificate.</summary>
    private sealed class SampleKey
    {
        internal SampleKey(string name)
        {
            var request = new CertificateRequest(name, Key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            Certificate = request.CreateSelfSigned(new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2045, 1, 1, 0, 0, 0, TimeSpan.Zero));
        }

        internal RSA Key { get; } = RSA.Create(2048);

        internal X509Certificate2 Certificate { get; }

        internal AuthenticodeSigner Signer => new() { Certificate = Certificate };
    }

    /// <summary>Debian's kernel, stub and busybox, unpacked once for all tests of the class.</summary>
    public sealed class Packages : IDisposable
    {
        private const string Init = """
            #!/busybox sh
            /busybox mkdir /proc /sys
            /busybox mount -t proc proc /proc
            /busybox mount -t sysfs sysfs /sys
            echo "small: up $(/busybox cat /proc/cmdline)"
            for register in 4 11; do
              echo "small: pcr$register $(/busybox cat /sys/class/tpm/tpm0/pcr-sha256/$register)"
            done
            /busybox poweroff -f
            """;

        private readonly TempDirectory _directory = new();
        private readonly Lazy<FileTree> _tree;
        private HostFile? _archive;

        public Packages() => _tree = new Lazy<FileTree>(() =>
        {
            SmallBase.Make(_directory["base.tar"], "amd64", "linux-image-cloud-amd64", "systemd-boot-efi");
            _archive = HostFile.Open(_directory["base.tar"]);
            return TarReader.ReadFile(_archive);
        });

        public void Dispose()
        {
            _archive?.Dispose();
            _directory.Dispose();
        }

        /// <summary>A system that says who it is and ends.</summary>
        internal UkiParts Parts(string arguments)
        {
            var initrd = new FileTree();
            initrd.Set("/busybox", new FileInode(_tree.Value.ResolveFile("/usr/bin/busybox")!.Content, 0b111_101_101));
            initrd.Set("/init", new FileInode(Blob.FromText(Init), 0b111_101_101));
            // The kernel opens it before it starts init.
            initrd.MakeDirectory("/dev");
            initrd.Set("/dev/console", new SpecialInode(InodeType.CharacterDevice, 0b110_000_000, new DeviceNumber(5, 1)));
            return new UkiParts
            {
                Stub = _tree.Value.ResolveFile("/usr/lib/systemd/boot/efi/linuxx64.efi.stub")!.Content,
                Kernel = _tree.Value.ResolveFile(KernelFinder.Find(_tree.Value).Path)!.Content,
                Initrds = [CpioWriter.Write(initrd)],
                OsRelease = "ID=small\n",
                CommandLine = ("console=ttyS0 no_timer_check " + arguments).TrimEnd(),
            };
        }
    }

    /// <summary>A TPM beside the machine.</summary>
    private sealed class SoftwareTpm : IDisposable
    {
        private readonly string _directory;

        /// <summary>Starts it in the background, where it listens when this returns, and ends when its machine does.</summary>
        internal SoftwareTpm(string directory)
        {
            _directory = directory;
            Directory.CreateDirectory(directory);
            Tool.Check(
                "swtpm", "socket", "--tpm2", "--tpmstate", "dir=" + directory, "--ctrl", "type=unixio,path=" + Socket,
                "--flags", "startup-clear", "--terminate", "--daemon", "--pid", "file=" + IdFile);
        }

        internal string[] Arguments =>
            ["-chardev", "socket,id=tpm,path=" + Socket, "-tpmdev", "emulator,id=tpm0,chardev=tpm", "-device", "tpm-tis,tpmdev=tpm0"];

        private string Socket => Path.Combine(_directory, "socket");

        private string IdFile => Path.Combine(_directory, "id");

        /// <summary>Ends it where no machine has come; it removes the file when it ends by itself.</summary>
        public void Dispose()
        {
            if (File.Exists(IdFile))
                Tool.Run("kill", File.ReadAllText(IdFile).Trim());
        }
    }
}
