using System.Runtime.InteropServices;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;
using Diecast.Processes;

namespace Diecast.Boot;

/// <summary>
/// Makes GRUB's images with the target's own grub-mkimage, run through the target's own dynamic loader and libraries,
/// so that version and architecture are the target's and nothing of the build machine gets in.
/// </summary>
internal static class GrubMkimage
{
    private const string Tool = "grub-mkimage";

    /// <summary>Makes a core image (BIOS) or an EFI program.</summary>
    /// <param name="root">The target's tree.</param>
    /// <param name="platform">The firmware.</param>
    /// <param name="location">Where GRUB finds its menu.</param>
    /// <param name="epoch">Source epoch in seconds.</param>
    /// <param name="cancellation">Ends the program when it is cancelled.</param>
    /// <returns>The same bytes for the same tree and location.</returns>
    /// <exception cref="BootException">GRUB is not in the tree, or its program cannot be run here or fails.</exception>
    internal static byte[] Make(
        FileTree root, GrubPlatform platform, GrubLocation location, long epoch, CancellationToken cancellation = default)
    {
        var files = GrubFiles.Find(root, platform);
        if (location.Modules.FirstOrDefault(module => !files.HasModule(module)) is { } unknown)
        {
            throw new BootException(
                $"GRUB {files.Version} has no module {unknown} and cannot read the kernel from its file system; "
                + "give /boot a partition of its own with ext4 or vfat, take another file system, or bootloader: systemd-boot where there is UEFI");
        }

        string[] modules =
        [
            .. platform.Modules,
            .. location.Modules.Except(platform.Modules, StringComparer.Ordinal),
            .. platform.OptionalModules.Where(files.HasModule),
            .. location.MenuModules.Where(files.HasModule).Except(platform.Modules, StringComparer.Ordinal),
        ];
        using var work = new WorkDirectory();
        string directory = work.MakeDirectory("modules");
        string[] names = ["kernel.img", "moddep.lst", .. platform.OwnFiles, .. files.Closure(modules).Select(m => m + ".mod")];
        foreach (string name in names)
            work.Write("modules/" + name, files.Read(name));
        work.Write("early.cfg", Blob.FromText(EarlyConfig(location)));
        Command command = FindProgram(root, files, work, cancellation);
        command.Run(
            [
                "-O", platform.Format, "-d", directory, "-c", work["early.cfg"], "-p", Prefix(location),
                "-o", work["image"], .. modules,
            ],
            epoch,
            cancellation);
        return File.ReadAllBytes(work["image"]);
    }

    /// <summary>
    /// The script in the image. The device of the prefix, on the disk that GRUB was started from, is tried first;
    /// then every disk is searched.
    /// </summary>
    internal static string EarlyConfig(GrubLocation location) =>
        (location.FileSystemUuid.Length > 0 ? $"search.fs_uuid {location.FileSystemUuid} root $root\n" : "") + $"set prefix=($root){location.Directory}\n";

    private static string Prefix(GrubLocation location) =>
        location.Partition is null ? location.Directory : $"(,{location.Partition}){location.Directory}";

    private static Command FindProgram(FileTree root, GrubFiles files, WorkDirectory work, CancellationToken cancellation)
    {
        string reason = "the tree has no grub-mkimage";
        if (root.Find("/hurd") is DirectoryInode)
        {
            reason = "the tree's grub-mkimage is a program of GNU/Hurd, which does not run here";
        }
        else if (files.Program is { } program)
        {
            var closure = ElfClosure.Find(root, program);
            if (RunsHere(closure.Architecture))
                return Extract(closure, work);
            if (closure.Architecture.QemuName() is { } emulated && QemuUser.Find(emulated) is { } emulator)
                return Emulated(Extract(closure, work), emulator);
            reason = $"the tree's grub-mkimage is for {closure.Architecture}, which does not run here without {QemuUser.Package}";
        }

        // Another version's program writes another layout, so that the modules would not load.
        string? host = Command.FindOnHost(Tool);
        string? version = host is null ? null : new Command(Tool, host, []).Run(["--version"], 0, cancellation).Split(' ')[^1].Trim();
        return version == files.Version
            ? new Command(Tool, host!, [])
            : throw new BootException(
                $"{reason}, and this machine's is {(version is null ? "missing" : "of version " + version)}, not {files.Version}; "
                + "add the package grub-common to the base, or install that version here");
    }

    private static Command Extract(ElfClosure closure, WorkDirectory work)
    {
        work.MakeDirectory("program");
        work.Write("program/grub-mkimage", closure.Program.Content, executable: true);
        if (closure.Loader is null)
            return new Command(Tool, work["program/grub-mkimage"], []);
        work.Write("program/loader", closure.Loader.Content, executable: true);
        string libraries = work.MakeDirectory("libraries");
        foreach ((string name, FileInode file) in closure.Libraries)
            work.Write("libraries/" + name, file.Content, executable: true);
        return new Command(Tool, work["program/loader"], ["--library-path", libraries, work["program/grub-mkimage"]]);
    }

    /// <summary>The same command under QEMU's emulation of its processor, which needs nothing of the kernel.</summary>
    private static Command Emulated(Command command, string emulator) =>
        new(Tool, emulator, [command.Program, .. command.FirstArguments]);

    private static bool RunsHere(Architecture architecture) => RuntimeInformation.OSArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => architecture is Architecture.Amd64 or Architecture.I386,
        System.Runtime.InteropServices.Architecture.Arm64 => architecture is Architecture.Arm64,
        System.Runtime.InteropServices.Architecture.RiscV64 => architecture is Architecture.RiscV64,
        System.Runtime.InteropServices.Architecture.LoongArch64 => architecture is Architecture.LoongArch64,
        System.Runtime.InteropServices.Architecture.Ppc64le => architecture is Architecture.Ppc64El,
        _ => false,
    };
}
