using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Diecast.Boot;
using Diecast.Formats.Blobs;
using Diecast.Formats.Disks;
using Diecast.Native;

namespace Diecast.Running;

/// <summary>Runs an image under QEMU with the serial line on the terminal.</summary>
public static partial class Emulator
{
    private const string Program = "qemu-system-x86_64";
    private const string Kvm = "/dev/kvm";
    private const int FirstSoundVersion = 8;

    /// <summary>Code and variable template of a UEFI firmware, by distribution: Debian, Fedora, Arch.</summary>
    private static readonly (string Code, string Variables)[] UefiFirmware =
    [
        ("/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd"),
        ("/usr/share/OVMF/OVMF_CODE.fd", "/usr/share/OVMF/OVMF_VARS.fd"),
        ("/usr/share/edk2/ovmf/OVMF_CODE.fd", "/usr/share/edk2/ovmf/OVMF_VARS.fd"),
        ("/usr/share/edk2/x64/OVMF_CODE.4m.fd", "/usr/share/edk2/x64/OVMF_VARS.4m.fd"),
    ];

    /// <summary>Runs until the guest powers off or the caller cancels; returns QEMU's exit code.</summary>
    /// <exception cref="BuildException">QEMU or its firmware is missing, or it cannot attach the image.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled; the machine has been ended.</exception>
    public static int Run(string imagePath, EmulatorOptions options, CancellationToken cancellation = default)
    {
        using var variables = new VariableStore(options.Firmware);
        using var mode = TerminalMode.Save();
        var start = new ProcessStartInfo(Program);
        foreach (string argument in Arguments(imagePath, options, variables.Path))
            start.ArgumentList.Add(argument);
        using Process process = Start(start);
        using CancellationTokenRegistration registration = cancellation.Register(process.Kill);
        process.WaitForExit();
        cancellation.ThrowIfCancellationRequested();
        return process.ExitCode;
    }

    /// <summary>The command line that <see cref="Run"/> uses.</summary>
    /// <param name="imagePath">The image, in a format that QEMU attaches, told by its content.</param>
    /// <param name="options">The machine.</param>
    /// <param name="variablesPath">A writable UEFI variable store; not used for BIOS.</param>
    internal static List<string> Arguments(string imagePath, EmulatorOptions options, string? variablesPath)
    {
        List<string> arguments = ["-machine", "q35", .. Accelerator(options.Acceleration)];
        arguments.AddRange(["-m", (options.Memory.Bytes >> 20).ToString(CultureInfo.InvariantCulture)]);
        arguments.AddRange(["-smp", options.Processors.ToString(CultureInfo.InvariantCulture)]);
        arguments.AddRange(["-nodefaults", "-display", "none", "-serial", "mon:stdio"]);
        if (options.Firmware == Firmware.Uefi)
        {
            arguments.AddRange(["-drive", $"if=pflash,unit=0,format=raw,readonly=on,file={Escape(FindUefi().Code)}"]);
            arguments.AddRange(["-drive", $"if=pflash,unit=1,format=raw,file={Escape(variablesPath!)}"]);
        }

        string snapshot = options.Writes == GuestWrites.Discard ? "on" : "off";
        arguments.AddRange(["-drive", $"if=none,id=disk,file={Escape(imagePath)},format={FormatOf(imagePath)},snapshot={snapshot}"]);
        arguments.AddRange(["-device", "virtio-blk-pci,drive=disk,bootindex=1"]);
        string forward = options.SshPort is { } port
            ? string.Create(CultureInfo.InvariantCulture, $",hostfwd=tcp:127.0.0.1:{port}-:22") : "";
        arguments.AddRange(["-netdev", "user,id=net" + forward, "-device", "virtio-net-pci,netdev=net"]);
        arguments.AddRange(["-device", "virtio-rng-pci"]);
        foreach (SharedStore store in options.SharedStores.Select(path => new SharedStore(path)))
        {
            if (!Directory.Exists(store.Path))
                throw new BuildException($"there is no {store.Path} on this machine, which the image expects it to share", "make it, or remove image.sharedStore");
            arguments.AddRange(["-virtfs", $"local,path={Escape(store.Path)},mount_tag={store.Tag},security_model=none,readonly=on,multidevs=remap"]);
        }

        arguments.AddRange(options.Arguments);
        return arguments;
    }

    private static string[] Accelerator(Acceleration acceleration)
    {
        if (acceleration == Acceleration.Automatic && OpensForWriting(Kvm))
            return ["-accel", "kvm", "-cpu", "host"];
        // Before version 8 QEMU's emulation of cmpxchg16b loses flags, and code that one processor patches while another
        // runs it is not always seen whole: kernels from 6.6 on crash at random.
        return Version() < FirstSoundVersion
            ? ["-accel", "tcg,thread=single", "-cpu", "max,-cx16,-la57"]
            : ["-accel", "tcg,thread=multi", "-cpu", "max,-la57"];
    }

    private static int Version()
    {
        using Process process = Start(new ProcessStartInfo(Program, "--version") { RedirectStandardOutput = true });
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Match match = VersionNumber().Match(text);
        return match.Success ? int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : 0;
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new BuildException($"{Program} cannot be run: {exception.Message}", "apt-get install qemu-system-x86 ovmf", null, exception);
        }
    }

    private static (string Code, string Variables) FindUefi()
    {
        foreach ((string code, string variables) in UefiFirmware)
        {
            if (File.Exists(code) && File.Exists(variables))
                return (code, variables);
        }

        throw new BuildException("there is no UEFI firmware for QEMU on this machine", "apt-get install ovmf, or run with --bios");
    }

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
        internal VariableStore(Firmware firmware)
        {
            if (firmware != Firmware.Uefi)
                return;
            Path = System.IO.Path.GetTempFileName();
            File.Copy(FindUefi().Variables, Path, overwrite: true);
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
