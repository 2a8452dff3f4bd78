using Diecast.Formats;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;
using Diecast.Systems;

namespace Diecast.Boot;

/// <summary>Where and how a system is booted from.</summary>
internal sealed record BootTarget
{
    private const string Volatile = "diecast.volatile=";
    private const string MachineId = "systemd.machine_id=";

    /// <summary>The root as the kernel's root= has it, as in <c>UUID=…</c>.</summary>
    internal required string Root { get; init; }

    /// <summary>Type of the root's file system, as mount has it. Default: ext4.</summary>
    internal string RootFileSystem { get; init; } = "ext4";

    /// <summary>
    /// The root as a file of the file system that <see cref="Root"/> is of, or null where that is the root itself.
    /// </summary>
    internal RootImage? Image { get; init; }

    /// <summary>Where GRUB reads its menu and the kernels, or null when the image has no GRUB.</summary>
    internal GrubLocation? Grub { get; init; }

    /// <summary>Mount point of the file system that U-Boot reads its menu and the kernels from, or null without one.</summary>
    internal string? ExtlinuxMountPoint { get; init; }

    /// <summary>Whether a Raspberry Pi's firmware boots it, from the file system at <see cref="RaspberryPiInstaller.MountPoint"/>.</summary>
    internal bool RaspberryPi { get; init; }

    /// <summary>
    /// Whether kernel and initial RAM disk go into a unified kernel image: then neither a menu nor an initial RAM disk is put into
    /// the tree. Default: no.
    /// </summary>
    internal bool IsUnified { get; init; }

    /// <summary>Which of the system is protected by dm-verity: root, usr or neither. Default: neither.</summary>
    internal ApplianceRoot? Protected { get; init; }

    /// <summary>How the root is opened where it is encrypted; null where it is not.</summary>
    internal EncryptedRoot? Encrypted { get; init; }

    /// <summary>Type of the file system of <c>/usr</c>, where that is protected, as mount has it. Default: none.</summary>
    internal string? UsrFileSystem { get; init; }

    /// <summary>Whether the root is mounted for reading alone. Default: no.</summary>
    internal bool IsReadOnly { get; init; }

    /// <summary>Whether every change is kept in memory. Default: no, unless the kernel's command line says so.</summary>
    internal bool IsVolatile { get; init; }

    /// <summary>Time of the files that are made.</summary>
    internal Timestamp Time { get; init; }

    /// <summary>A directory that the machine's host shares, or null.</summary>
    internal SharedStore? Store { get; init; }

    /// <summary>The kernel's arguments: the declared ones, then what the own initrd is told beside the root.</summary>
    /// <param name="declared">The declared ones; what they say of a volatile root stands.</param>
    internal string[] Arguments(IReadOnlyCollection<string> declared)
    {
        List<string> arguments = [.. declared];
        if (Image is { } image)
            arguments.Add("diecast.image=" + image.Path);
        if (Encrypted is { } encrypted)
            arguments.AddRange(encrypted.Arguments);
        if (Store is { } store)
            arguments.Add($"diecast.store={store.Tag}:{store.Path}");
        if (IsVolatile && !declared.Any(IsOfVolatile))
            arguments.Add(Volatile + "yes");
        // An id that is made at each start is another each time; that of the machine stays, where it has one.
        if (IsVolatile && IsUnified && !declared.Any(argument => argument.StartsWith(MachineId, StringComparison.Ordinal)))
            arguments.Add(MachineId + "firmware");
        return [.. arguments];
    }

    /// <summary>The same arguments for a root that keeps changes.</summary>
    internal static string[] Kept(IEnumerable<string> arguments) => [.. arguments.Where(argument => !IsOfVolatile(argument)), Volatile + "no"];

    private static bool IsOfVolatile(string argument) => argument.StartsWith(Volatile, StringComparison.Ordinal);
}

/// <summary>A root that is a file of another file system.</summary>
/// <param name="Path">The file's absolute path there.</param>
/// <param name="HolderFileSystem">Type of the file system that holds it, as mount has it.</param>
internal sealed record RootImage(string Path, string HolderFileSystem);

/// <summary>An encrypted root, which the own initial RAM disk opens.</summary>
/// <param name="Name">What the opened device is called in <c>/dev/mapper</c>.</param>
/// <param name="Uuid">The id in the LUKS header.</param>
/// <param name="Discard">Whether what is freed is told to the disk.</param>
/// <param name="Key">What opens it, or null for what is typed on the console.</param>
internal sealed record EncryptedRoot(string Name, Guid Uuid, bool Discard, ReadOnlyMemory<byte>? Key)
{
    /// <summary>Debian's package of the program that opens it.</summary>
    internal const string Package = "cryptsetup-bin";

    /// <summary>The program that opens it.</summary>
    internal const string Program = "/usr/sbin/cryptsetup";

    /// <summary>Where the initial RAM disk has the key.</summary>
    internal const string KeyPath = "/etc/root.key";

    /// <summary>What it needs of the kernel; what makes AES fast is taken where there is such a thing.</summary>
    internal static IReadOnlyList<string> Modules { get; } = ["dm_crypt", "aes", "xts"];

    internal static IReadOnlyList<string> FastModules { get; } = ["aesni_intel", "aes_ce_blk", "aes_neon_bs", "aes_riscv64", "algif_skcipher"];

    /// <summary>The arguments of the kernel that dracut and systemd have for it.</summary>
    internal IEnumerable<string> Arguments =>
    [
        $"rd.luks.name={Uuid}={Name}",
        .. Discard ? (ReadOnlySpan<string>)["rd.luks.options=discard"] : [],
        .. Key is null ? (ReadOnlySpan<string>)[] : ["rd.luks.key=" + KeyPath],
    ];
}

/// <summary>What was put into the tree.</summary>
/// <param name="Kernels">The kernels, the default first.</param>
/// <param name="Codec">Name, version and level of the compressor of the initial RAM disks, or null when none was made.</param>
internal sealed record BootFiles(IReadOnlyList<KernelImage> Kernels, string? Codec)
{
    private const string Dmsetup = "/usr/sbin/dmsetup";

    /// <summary>The initial RAM disks of the kernels, in their order, where they go into unified kernel images.</summary>
    internal IReadOnlyList<Blob> Initrds { get; private init; } = [];

    private const string DefaultTitle = "Linux";
    private const int Executable = 0b111_101_101;
    private const int Secret = 0b110_000_000;

    /// <summary>Puts the initial RAM disks and the boot loader's menu with its settings into a system's tree.</summary>
    /// <exception cref="BootException">The tree lacks a kernel, busybox, a module or the distribution's initrd.</exception>
    internal static BootFiles Install(FileTree root, OperatingSystem system, BootTarget target, CancellationToken cancellation = default)
    {
        _ = KernelFinder.Find(root);
        IReadOnlyList<KernelImage> kernels = KernelFinder.FindAll(root);
        var editor = new TreeEditor(root, target.Time);
        string? codec = null;
        var initrds = new List<Blob>();
        foreach (KernelImage kernel in kernels)
        {
            cancellation.ThrowIfCancellationRequested();
            if (system.Initrd.Kind == InitrdKind.Own)
            {
                InitrdImage initrd = InitrdBuilder.Build(root, kernel, OptionsOf(system, target));
                codec = initrd.Codec;
                initrds.Add(initrd.Content);
                if (!target.IsUnified)
                    editor.Put(kernel.InitrdPath, target.Encrypted?.Key is null ? new FileInode(initrd.Content) : new FileInode(initrd.Content, Secret));
            }
            else if (root.ResolveFile(kernel.InitrdPath) is { } made)
            {
                initrds.Add(made.Content);
            }
            else
            {
                throw new BootException(
                    $"there is no {kernel.InitrdPath} in the tree, which the distribution's hooks should have made; "
                    + "add the package initramfs-tools or dracut to the base, or let Diecast make it (initrd: own)");
            }
        }

        if (target.IsUnified)
            return new BootFiles(kernels, codec) { Initrds = initrds };

        KernelLinks.Update(root);
        if (target.Grub is { } location)
            WriteMenu(editor, system, target, location, kernels);
        string[] arguments = target.Arguments(system.Kernel?.Arguments ?? []);
        if (target.ExtlinuxMountPoint is { } mountPoint)
        {
            ExtlinuxInstaller.Install(editor, kernels, mountPoint, new BootMenuRequest(
                TitleOf(root), target.Root, arguments, target.IsVolatile ? BootTarget.Kept(arguments) : null, system.Bootloader ?? new BootloaderConfiguration()));
        }

        if (target.RaspberryPi)
            RaspberryPiInstaller.Install(editor, kernels[0], target.Root, arguments);
        return new BootFiles(kernels, codec);
    }

    /// <summary>
    /// Takes kernels and initial RAM disks out of a tree that is only read: they are in unified kernel images, and an update brings
    /// its own.
    /// </summary>
    internal void RemoveFrom(FileTree root)
    {
        foreach (KernelImage kernel in Kernels)
        {
            foreach (string path in (ReadOnlySpan<string>)[kernel.Path, kernel.InitrdPath])
            {
                if (root.Find(path) is not null)
                    root.Remove(path);
            }
        }

        foreach (string link in (ReadOnlySpan<string>)["/vmlinuz", "/vmlinuz.old", "/initrd.img", "/initrd.img.old", "/boot/vmlinuz", "/boot/initrd.img"])
        {
            if (root.Find(link) is SymlinkInode)
                root.Remove(link);
        }
    }

    private static InitrdOptions OptionsOf(OperatingSystem system, BootTarget target) => new()
    {
        Modules = [.. system.Initrd.Modules],
        ImageModules =
        [
            .. target.Image is null ? (ReadOnlySpan<string>)[] : ["loop"],
            .. target.Store is null ? (ReadOnlySpan<string>)[] : ["9pnet_virtio"],
            .. target.Protected is null ? (ReadOnlySpan<string>)[] : ["dm_verity", "sha256"],
            .. target.Encrypted is null ? [] : EncryptedRoot.Modules,
        ],
        FastModules = target.Encrypted is null ? [] : [.. EncryptedRoot.FastModules],
        Programs =
        [
            .. target.Protected is null ? (ReadOnlySpan<string>)[] : [Dmsetup],
            .. target.Encrypted is null ? (ReadOnlySpan<string>)[] : [EncryptedRoot.Program],
        ],
        Secrets = target.Encrypted?.Key is { } key ? [(EncryptedRoot.KeyPath, key)] : [],
        FileSystems =
        [
            .. target.Image is { } image ? (ReadOnlySpan<string>)[image.HolderFileSystem] : [],
            target.RootFileSystem,
            .. target.UsrFileSystem is { } usr ? (ReadOnlySpan<string>)[usr] : [],
            .. target.Store is null ? (ReadOnlySpan<string>)[] : ["9p"],
        ],
    };

    private static void WriteMenu(
        TreeEditor editor, OperatingSystem system, BootTarget target, GrubLocation location, IReadOnlyList<KernelImage> kernels)
    {
        string[] arguments = target.Arguments(system.Kernel?.Arguments ?? []);
        var loader = system.Bootloader ?? new BootloaderConfiguration();
        List<GrubMenuEntry> entries = [.. kernels.Select(k => new GrubMenuEntry(k.Version, location.PathOf(k.Path), location.PathOf(k.InitrdPath)))];
        // What is only read cannot keep anything.
        if (target is { IsVolatile: true, Image: null } && target.RootFileSystem != LiveIso.FileSystem)
            entries.Insert(1, entries[0] with { Note = "changes are kept", Arguments = BootTarget.Kept(arguments) });
        var menu = new GrubMenu
        {
            Title = TitleOf(editor.Tree),
            Entries = entries,
            Root = target.Root,
            Arguments = arguments,
            Declared = loader.MenuEntries,
            Default = loader.DefaultEntry,
            Timeout = loader.Timeout,
            Serial = SerialLine.Of(loader.Serial, loader.SerialSpeed, arguments),
            Inputs = loader.TerminalInputs,
            Outputs = loader.TerminalOutputs,
            ExtraInitrd = loader.ExtraInitrd is { } extra ? location.PathOf(extra) : null,
        };
        editor.WriteText(GrubConfig.Path, GrubConfig.Create(menu));
        editor.WriteText(GrubConfig.DefaultsPath, GrubConfig.CreateDefaults(menu));
        if (GrubMenuScript.IsNeeded(menu, kernels))
            GrubMenuScript.Install(editor, menu, location);
        else if (menu.Declared.Count > 0)
            editor.Put(GrubConfig.EntriesPath, new FileInode(Blob.FromText(GrubConfig.CreateEntries(menu)), Executable));
        if (menu.Outputs.Contains(MenuTerminal.Gfxterm))
            AddFont(editor);
    }

    /// <summary>GRUB reads its font where its menu is, which may be another file system than the system's own copy.</summary>
    private static void AddFont(TreeEditor editor)
    {
        FileInode font = editor.Tree.ResolveFile(GrubTerminals.FontSource)
            ?? throw new BootException($"there is no {GrubTerminals.FontSource} in the tree, which a menu in graphics is written with; add the package grub-common to the base");
        editor.Put(GrubTerminals.FontPath, new FileInode(font.Content));
    }

    /// <summary>PRETTY_NAME of os-release(5).</summary>
    internal static string TitleOf(FileTree root, string unnamed = DefaultTitle)
    {
        const string Key = "PRETTY_NAME=";
        string text = root.ReadText("/etc/os-release") ?? root.ReadText("/usr/lib/os-release") ?? "";
        string? line = text.Split('\n').LastOrDefault(l => l.StartsWith(Key, StringComparison.Ordinal));
        string title = line?[Key.Length..].Trim().Trim('"', '\'') ?? "";
        return title.Length > 0 ? title : unnamed;
    }
}
