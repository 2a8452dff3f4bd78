using Diecast.Formats.Trees;
using Diecast.Systems.Accounts;

namespace Diecast.Systems;

/// <summary>The declared privileged programs: their owners, set-id bits and capabilities.</summary>
internal static class PrivilegedPrograms
{
    private const int SetIdBits = 0b110_000_000_000;
    private const int SetUidBit = 0b100_000_000_000;
    private const int SetGidBit = 0b010_000_000_000;

    internal static void Apply(TreeEditor edit, OperatingSystem system, SystemContext context)
    {
        if (system.PrivilegedPrograms.Count == 0)
            return;
        var owners = new FileOwners(edit, system);
        foreach (PrivilegedProgram program in system.PrivilegedPrograms)
        {
            if (edit.Tree.ResolveFile(program.Program) is not { } file)
            {
                edit.Error($"{program.Program} is to be privileged, and is no file of the image", "correct the path, or add the package that has it");
                continue;
            }

            file.Uid = owners.Uid(program.User, program.Program);
            file.Gid = owners.Gid(program.Group, program.Program);
            file.Mode = (file.Mode & ~SetIdBits) | (program.SetUid ? SetUidBit : 0) | (program.SetGid ? SetGidBit : 0);
            file.Xattrs = program.Capabilities.Count == 0
                ? file.Xattrs.Without(Capabilities.Attribute)
                : file.Xattrs.Without(Capabilities.Attribute).With(Capabilities.Attribute, Capabilities.Encode(program.Capabilities));
        }
    }
}
