using InfluenceGen.Generators.Declaration;
using InfluenceGen.Generators.Expressions;

namespace InfluenceGen.Generators.Emission;

/// <summary>Prints what users call on their own class, so that nobody writes type arguments by hand.</summary>
internal sealed class FacadeEmitter(ModelSpec spec, ModelGraph model, CodeWriter output)
{
    public void Emit()
    {
        output.Line($"// {spec.Name} {model.Passes}");
    }
}
