using Diecast.Formats.Trees;

namespace Diecast.Boot;

/// <summary>Makes initial RAM disks.</summary>
internal static class InitrdBuilder
{
    internal static InitrdImage Build(FileTree root, KernelImage kernel, InitrdOptions options) =>
        throw new NotSupportedException(InitrdTree.Build(root, kernel, options).ToString());
}
