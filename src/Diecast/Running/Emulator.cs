using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Diecast.Boot;
using Diecast.Formats;
using Diecast.Formats.Blobs;
using Diecast.Formats.Disks;
using Diecast.ImageTypes;
using Diecast.Native;

namespace Diecast.Running;

/// <summary>Runs an image under QEMU with the serial line on the terminal.</summary>
public static partial class Emulator
{
    private const string Kvm = "/dev/kvm";
    private const int FirstSoundVersion = 8;

    /// <summary>The machines by name, as <see cref="EmulatorOptions.Machine"/> takes them.</summary>
    public static ValueList<string> Machines { get; } = EmulatorMachine.All.Select(machine => machine.Name).ToValueList();

    /// <summary>Runs until the guest powers off or the caller cancels; returns QEMU's exit code.</summary>
    /// <exception cref="BuildException">QEMU or its firmware is missing, or it cannot attach the image.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled; the machine has been ended.</exception>
    public static int Run(string imagePath, EmulatorOptions options, CancellationToken cancellation = default)
    {
        EmulatorMachine machine = MachineOf(imagePath, options, cancellation);
        Firmware firmware = options.Firmware ?? FirmwareOf(imagePath, machine, cancellation);
        options = options with { Firmware = firmware };
        using SdCard? card = machine.Bus == EmulatorBus.SdCard ? new SdCard(imagePath, options.Writes, cancellation) : null;
        using var variables = new VariableStore(machine, firmware, options.Variables);
        using var mode = TerminalMode.Save();
        var start = new ProcessStartInfo(machine.Program);
        foreach (string argument in Arguments(machine, card?.Path ?? imagePath, options, variables.Path))
            start.ArgumentList.Add(argument);
        using Process process = Start(start, machine);
        using CancellationTokenRegistration registration = cancellation.Register(process.Kill);
        process.WaitForExit();
        cancellation.ThrowIfCancellationRequested();
        return process.ExitCode;
    }

    /// <summary>The machine that a definition's image is for, or null where neither its type nor its platform tells.</summary>
    /// <exception cref="BuildException">It is for a board that QEMU does not have.</exception>
    internal static string? MachineFor(Definition definition)
    {
        ImageType? type = ImageCatalogue.Of(definition);
        if (type is { Platform: not null, Machine: null })
            throw new BuildException($"QEMU has no machine for images of the type {type.Name}", "build it and write it to a card, or name a machine with --machine");
        return type?.Machine ?? (definition.Image.Platform is { } platform ? EmulatorMachine.Of(platform).Name : null);
    }

    /// <summary>The machine that is asked for, else the one that the image is made for.</summary>
    /// <exception cref="BuildException">There is no such machine, or the image cannot be read.</exception>
    internal static EmulatorMachine MachineOf(string imagePath, EmulatorOptions options, CancellationToken cancellation)
    {
        if (options.Machine is { } name)
            return EmulatorMachine.Find(name) ?? throw new BuildException($"there is no machine {name}", $"take one of {string.Join(", ", Machines)}");
        try
        {
            using var image = ImageFile.Open(imagePath, new ImageFileOptions { MayBeIncomplete = true }, cancellation);
            return EmulatorMachine.Of(image.Disk);
        }
        catch (InvalidImageException)
        {
            // QEMU itself says best what is wrong with it.
            return EmulatorMachine.Pc;
        }
    }

    /// <summary>The firmware that an image is made for, by what its EFI system partition has.</summary>
    private static Firmware FirmwareOf(string imagePath, EmulatorMachine machine, CancellationToken cancellation)
    {
        if (!machine.HasBios)
            return Firmware.Uefi;
        try
        {
            using var image = ImageFile.Open(imagePath, new ImageFileOptions { MayBeIncomplete = true }, cancellation);
            return EfiPrograms.FirmwareOf(image.Disk);
        }
        catch (InvalidImageException)
        {
            return Firmware.Uefi;
        }
    }

    /// <summary>The command line that <see cref="Run"/> uses.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="imagePath">The image, in a format that QEMU attaches, told by its content.</param>
    /// <param name="options">What the caller decides of it; without firmware it is UEFI.</param>
    /// <param name="variablesPath">A writable UEFI variable store; not used without UEFI.</param>
    internal static List<string> Arguments(EmulatorMachine machine, string imagePath, EmulatorOptions options, string? variablesPath)
    {
        Firmware firmware = options.Firmware ?? Firmware.Uefi;
        bool isSecure = NeedsSmm(firmware) && UefiOf(machine, firmware).Count > 0;
        List<string> arguments = ["-machine", isSecure ? machine.Type + ",smm=on" : machine.Type, .. Accelerator(machine, options.Acceleration)];
        arguments.AddRange(["-m", ((machine.Memory ?? options.Memory).Bytes >> 20).ToString(CultureInfo.InvariantCulture)]);
        arguments.AddRange(["-smp", (machine.Processors ?? options.Processors).ToString(CultureInfo.InvariantCulture)]);
        arguments.AddRange(["-nodefaults", "-display", "none", "-serial", "mon:stdio"]);
        arguments.AddRange(FirmwareArguments(machine, firmware, variablesPath));
        string snapshot = options.Writes == GuestWrites.Discard ? "on" : "off";
        string disk = $"file={Escape(imagePath)},format={FormatOf(imagePath)},snapshot={snapshot}";
        string forward = options.SshPort is { } port
            ? string.Create(CultureInfo.InvariantCulture, $",hostfwd=tcp:127.0.0.1:{port}-:22") : "";
        arguments.AddRange(machine.Bus == EmulatorBus.SdCard
            ? ["-drive", $"if=sd,{disk}", "-nic", "user" + forward]
            :
            [
                "-drive", $"if=none,id=disk,{disk}", "-device", "virtio-blk-pci,drive=disk,bootindex=1",
                "-netdev", "user,id=net" + forward, "-device", "virtio-net-pci,netdev=net", "-device", "virtio-rng-pci",
            ]);
        foreach (SharedStore store in options.SharedStores.Select(path => new SharedStore(path)))
        {
            if (!Directory.Exists(store.Path))
                throw new BuildException($"there is no {store.Path} on this machine, which the image expects it to share", "make it, or remove image.sharedStore");
            arguments.AddRange(["-virtfs", $"local,path={Escape(store.Path)},mount_tag={store.Tag},security_model=none,readonly=on,multidevs=remap"]);
        }

        arguments.AddRange(options.Arguments);
        return arguments;
    }

    private static List<string> FirmwareArguments(EmulatorMachine machine, Firmware firmware, string? variablesPath)
    {
        if (firmware == Firmware.Bios && !machine.HasBios)
            throw new BuildException($"the machine {machine.Name} has no BIOS", "leave --bios out");
        if (firmware == Firmware.Uefi32 && machine.Uefi32.Count == 0)
            throw new BuildException($"the machine {machine.Name} has no UEFI of 32 bits", "leave --uefi32 out");
        if (firmware == Firmware.SecureBoot && machine.UefiSecureBoot.Count == 0)
            throw new BuildException($"the machine {machine.Name} has no Secure Boot", "leave --secure-boot out");
        if (UsesUefi(machine, firmware))
        {
            return
            [
                .. NeedsSmm(firmware) ? (string[])["-global", "driver=cfi.pflash01,property=secure,value=on"] : [],
                "-drive", $"if=pflash,unit=0,format=raw,readonly=on,file={Escape(FindUefi(machine, firmware).Code)}",
                "-drive", $"if=pflash,unit=1,format=raw,file={Escape(variablesPath!)}",
            ];
        }

        return
        [
            .. machine.Loaders.SelectMany(loader => (string[])
            [
                loader.Option,
                loader.Files.FirstOrDefault(File.Exists) ?? throw MissingFirmware(machine, loader.Files[0]),
            ]),
        ];
    }

    /// <summary>What is built for Secure Boot, as Debian's of 32 bits is too, needs a flash that only SMM writes.</summary>
    private static bool NeedsSmm(Firmware firmware) => firmware is Firmware.Uefi32 or Firmware.SecureBoot;

    private static bool UsesUefi(EmulatorMachine machine, Firmware firmware) => UefiOf(machine, firmware).Count > 0;

    private static ValueList<(string Code, string Variables)> UefiOf(EmulatorMachine machine, Firmware firmware) => firmware switch
    {
        Firmware.Uefi => machine.Uefi,
        Firmware.Uefi32 => machine.Uefi32,
        Firmware.SecureBoot => machine.UefiSecureBoot,
        _ => [],
    };

    private static string[] Accelerator(EmulatorMachine machine, Acceleration acceleration)
    {
        if (acceleration == Acceleration.Automatic && machine is { IsHost: true, Bus: EmulatorBus.Virtio } && OpensForWriting(Kvm))
            return ["-accel", "kvm", "-cpu", "host"];
        if (machine != EmulatorMachine.Pc)
            return ["-accel", "tcg,thread=multi", .. machine.EmulatedCpu is { } cpu ? (string[])["-cpu", cpu] : []];
        // Before version 8 QEMU's emulation of cmpxchg16b loses flags, and code that one processor patches while another
        // runs it is not always seen whole: kernels from 6.6 on crash at random.
        return Version(machine) < FirstSoundVersion
            ? ["-accel", "tcg,thread=single", "-cpu", "max,-cx16,-la57"]
            : ["-accel", "tcg,thread=multi", "-cpu", "max,-la57"];
    }

    private static int Version(EmulatorMachine machine)
    {
        using Process process = Start(new ProcessStartInfo(machine.Program, "--version") { RedirectStandardOutput = true }, machine);
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Match match = VersionNumber().Match(text);
        return match.Success ? int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : 0;
    }

    private static Process Start(ProcessStartInfo start, EmulatorMachine machine)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new BuildException($"{machine.Program} cannot be run: {exception.Message}", $"apt-get install {machine.Package}", null, exception);
        }
    }

    private static (string Code, string Variables) FindUefi(EmulatorMachine machine, Firmware firmware)
    {
        ValueList<(string Code, string Variables)> known = UefiOf(machine, firmware);
        foreach ((string code, string variables) in known)
        {
            if (File.Exists(code) && File.Exists(variables))
                return (code, variables);
        }

        throw firmware == Firmware.Uefi32
            ? new BuildException($"UEFI of 32 bits is not on this computer, as {known[0].Code} is", "apt-get install ovmf-ia32")
            : MissingFirmware(machine, known[0].Code);
    }

    private static BuildException MissingFirmware(EmulatorMachine machine, string file) => new(
        $"the machine {machine.Name} starts by firmware that is not on this computer, as {file} is",
        $"apt-get install {machine.Package}" + (machine.HasBios ? ", or run with --bios" : ""));

    /// <summary>QEMU's name of the format that an image is in.</summary>
    /// <exception cref="BuildException">QEMU has no driver for it.</exception>
    private static string FormatOf(string imagePath)
    {
        using HostFile file = HostFile.Open(imagePath);
        ImageFormat format = DiskFormats.Probe(Blob.FromFile(file, 0, new FileInfo(imagePath).Length));
        return format.QemuName ?? throw new BuildException(
            $"QEMU cannot attach {imagePath}, which is {format.Name}", $"diecast convert {imagePath} {Path.ChangeExtension(imagePath, ".qcow2")}, and run that");
    }

    private static bool OpensForWriting(string path)
    {
        try
        {
            File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite).Dispose();
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>QEMU splits its option values at commas; a doubled one stands for itself.</summary>
    private static string Escape(string path) => path.Replace(",", ",,", StringComparison.Ordinal);

    [GeneratedRegex(@"version (\d+)\.")]
    private static partial Regex VersionNumber();

    /// <summary>A private copy of the firmware's variables, gone with the machine.</summary>
    private sealed class VariableStore : IDisposable
    {
        internal VariableStore(EmulatorMachine machine, Firmware firmware, string? given)
        {
            if (!UsesUefi(machine, firmware))
                return;
            string template = given ?? FindUefi(machine, firmware).Variables;
            Path = System.IO.Path.GetTempFileName();
            File.Copy(template, Path, overwrite: true);
            File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        internal string? Path { get; }

        public void Dispose()
        {
            if (Path is not null)
                File.Delete(Path);
        }
    }
}
