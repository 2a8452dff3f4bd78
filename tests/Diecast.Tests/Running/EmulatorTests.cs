using Diecast.Running;

namespace Diecast.Tests.Running;

public sealed class EmulatorTests
{
    [ToolFact("qemu-system-x86_64")]
    public void Without_acceleration_kvm_is_not_asked_for()
    {
        using var directory = new TempDirectory();
        File.WriteAllBytes(directory["disk.img"], new byte[512]);
        var options = new EmulatorOptions { Firmware = Firmware.Bios, Acceleration = Acceleration.None };

        string arguments = string.Join(' ', Emulator.Arguments(directory["disk.img"], options, null));

        Assert.Contains("-accel tcg", arguments, StringComparison.Ordinal);
        Assert.DoesNotContain("kvm", arguments, StringComparison.Ordinal);
    }

    [ToolFact("qemu-system-x86_64")]
    public void A_shared_store_is_offered_by_the_tag_that_the_image_asks_for()
    {
        using var directory = new TempDirectory();
        File.WriteAllBytes(directory["disk.img"], new byte[512]);
        string store = directory["a,store"];
        Directory.CreateDirectory(store);
        var options = new EmulatorOptions { Firmware = Firmware.Bios, Acceleration = Acceleration.None, SharedStores = [store] };
        List<string> arguments = Emulator.Arguments(directory["disk.img"], options, null);
        Assert.Equal(
            $"local,path={directory["a,,store"]},mount_tag={new SharedStore(store).Tag},security_model=none,readonly=on,multidevs=remap",
            arguments[arguments.IndexOf("-virtfs") + 1]);

        Directory.Delete(store);
        Assert.Contains("no " + store, Assert.Throws<BuildException>(() => Emulator.Arguments(directory["disk.img"], options, null)).Message, StringComparison.Ordinal);
    }

    [ToolFact("script", "stty")]
    public void A_machine_that_crashes_leaves_the_terminal_as_it_was()
    {
        using var directory = new TempDirectory();
        File.WriteAllBytes(directory["disk.img"], new byte[512]);
        string qemu = directory["qemu-system-x86_64"];
        File.WriteAllText(qemu, "#!/bin/sh\n[ \"$1\" = --version ] && exec echo version 7.2\nstty raw -isig -echo\nkill -ABRT $$\n");
        File.SetUnixFileMode(qemu, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        string program = Path.Combine(AppContext.BaseDirectory, "Diecast.Cli.dll");
        string dotnet = Environment.ProcessPath!;

        string output = Tool.Check(
            "env", "PATH=" + directory.Path + ":" + Environment.GetEnvironmentVariable("PATH"), "script", "-qec",
            $"'{dotnet}' '{program}' run '{directory["disk.img"]}' --bios --no-kvm; echo ended with $?; stty -a", "/dev/null");

        Assert.Contains("ended with 1", output, StringComparison.Ordinal);
        Assert.Contains("QEMU ended with 134", output, StringComparison.Ordinal);
        Assert.Matches(@"[\s;]isig\b", output);
        Assert.Matches(@"[\s;]echo\b", output);
    }
}
