using System.CommandLine;
using Diecast.Building;
using Diecast.Cli.Rendering;
using Diecast.Definitions;
using Diecast.Running;

namespace Diecast.Cli.Commands;

/// <summary><c>diecast run FILE-OR-IMAGE</c>: builds if it is a definition, and boots it under QEMU.</summary>
internal static class RunCommand
{
    internal static Command Create(Session session)
    {
        var command = new Command("run", "Boot an image under QEMU, or build a definition and boot what it makes. Ctrl-A X ends the machine.");
        var target = new Argument<string>("FILE-OR-IMAGE") { Description = "A definition (.yaml, .yml) or an image." };
        if (!session.IsDeclared)
            command.Arguments.Add(target);
        var arguments = new Argument<string[]>("QEMU-ARGUMENTS")
        {
            Description = "After --: more arguments for QEMU.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        command.Arguments.Add(arguments);
        var bios = new Option<bool>("--bios") { Description = "Boot by BIOS instead of UEFI." };
        var memory = new Option<string>("--memory", "-m") { Description = "Memory. Default: 1G.", HelpName = "SIZE" };
        var processors = new Option<int>("--cpus") { Description = "Processors. Default: 2.", DefaultValueFactory = _ => 2 };
        var ssh = new Option<int?>("--ssh-port") { Description = "Port on the loopback that leads to the guest's port 22.", HelpName = "PORT" };
        var keep = new Option<bool>("--keep") { Description = "Let the guest change the image." };
        var offline = new Option<bool>("--offline") { Description = "Ask no network for the build." };
        foreach (Option option in new Option[] { bios, memory, processors, ssh, keep, offline })
            command.Options.Add(option);
        command.SetAction((result, cancellation) => Task.Run(
            () =>
            {
                string image = session.IsDeclared || IsDefinition(result.GetRequiredValue(target))
                    ? Build(session, session.IsDeclared ? null : result.GetRequiredValue(target), result.GetValue(offline), cancellation)
                    : result.GetRequiredValue(target);
                if (!File.Exists(image))
                    throw new UsageException($"there is no image {image}");
                var options = new EmulatorOptions
                {
                    Firmware = result.GetValue(bios) ? Firmware.Bios : Firmware.Uefi,
                    Memory = Memory(result.GetValue(memory)),
                    Processors = result.GetValue(processors),
                    SshPort = result.GetValue(ssh),
                    Writes = result.GetValue(keep) ? GuestWrites.Keep : GuestWrites.Discard,
                    Arguments = (result.GetValue(arguments) ?? []).ToValueList(),
                };
                return Emulator.Run(image, options, cancellation) == 0 ? ExitCodes.Done : ExitCodes.Failed;
            },
            CancellationToken.None));
        return command;
    }

    private static string Build(Session session, string? file, bool offline, CancellationToken cancellation)
    {
        LoadedDefinition loaded = session.Load(file, []);
        BuildReport report = BuildCommand.Build(
            session.Terminal, loaded, BuildCommand.Options(null, offline), Verbosity.Normal, cancellation);
        return report.Outputs[0].Path;
    }

    private static bool IsDefinition(string path) =>
        path.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".yml", StringComparison.OrdinalIgnoreCase);

    private static ByteSize Memory(string? text) => text is null
        ? ByteSize.GiB(1)
        : ByteSize.TryParse(text) ?? throw new UsageException($"'{text}' is no size of memory; try --memory 2G");
}
