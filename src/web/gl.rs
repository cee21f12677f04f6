//! Drawing with WebGL2: one texture per plane and tile, raw samples as they came from the file.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use js_sys::{Float32Array, Object};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    HtmlCanvasElement, WebGl2RenderingContext as Gl, WebGlProgram, WebGlShader, WebGlSync, WebGlTexture,
    WebGlUniformLocation,
};

use super::layout::{PictureRequest, Placement, Tile, tiles};
use super::look::{Band, FALSE_COLORS, Isolate, LARGEST, LUMA, Look};
use super::object::{set, words};
use super::shader::{self, Variant};
use crate::color::Encoding;
use crate::color::numbers::{Formula, Table};
use crate::frame::SampleType;
use crate::{Error, Result};

/// A context, its program and the picture on it.
pub(super) struct GlCanvas {
    canvas: HtmlCanvasElement,
    gl: Gl,
    /// Made when first needed.
    programs: RefCell<HashMap<Variant, Rc<Program>>>,
    picture: Option<Textures>,
    /// The rendering's table that was used last, see `Numbers::table`.
    table: RefCell<Option<(Table, WebGlTexture)>>,
    largest_tile: u32,
    /// Whether the "GPU" is the processor: then what is merely nicer must not cost seconds.
    is_software: bool,
    /// Stands behind the uploads so far.
    fence: RefCell<Option<WebGlSync>>,
}

/// A linked program and where its uniforms are.
struct Program {
    program: WebGlProgram,
    uniforms: RefCell<HashMap<&'static str, Option<WebGlUniformLocation>>>,
}

/// A picture's planes on the GPU.
struct Textures {
    request: PictureRequest,
    tiles: Vec<Tile>,
    /// By plane, then by tile.
    planes: Vec<Vec<WebGlTexture>>,
    /// Runs of rows that have samples, this picture's or those of the one before it.
    filled: RefCell<Vec<Range<u32>>>,
}

impl GlCanvas {
    /// `largest_tile` is for tests; 0 takes what the device can.
    pub(super) fn new(canvas: &HtmlCanvasElement, largest_tile: u32) -> Result<Self> {
        let options = Object::new();
        for name in ["alpha", "antialias", "depth", "stencil", "premultipliedAlpha"] {
            set(&options, name, &JsValue::FALSE);
        }
        set(&options, "powerPreference", &JsValue::from_str("high-performance"));
        let context = canvas.get_context_with_context_options("webgl2", &options).ok().flatten();
        let gl: Gl = context.and_then(|context| context.dyn_into().ok()).ok_or_else(|| {
            Error::spec("this browser gives no WebGL2", "The picture is drawn without the GPU, more slowly")
        })?;
        // The usual program at once: a browser that cannot compile it draws without the GPU.
        let usual = Variant::default();
        let programs = RefCell::new(HashMap::from([(usual, Rc::new(Program::link(&gl, usual)?))]));
        let limit = gl.get_parameter(Gl::MAX_TEXTURE_SIZE).ok().and_then(|size| size.as_f64()).unwrap_or(2048.0) as u32;
        let largest_tile = if largest_tile == 0 { limit } else { largest_tile.min(limit) };
        let is_software = is_software(&gl);
        Ok(Self {
            canvas: canvas.clone(),
            gl,
            programs,
            picture: None,
            table: RefCell::default(),
            largest_tile,
            is_software,
            fence: RefCell::default(),
        })
    }

    /// Whether the "GPU" is the processor.
    pub(super) fn is_software(&self) -> bool {
        self.is_software
    }

    /// How many textures lie side by side for each plane.
    pub(super) fn tile_count(&self) -> usize {
        self.picture.as_ref().map_or(0, |picture| picture.tiles.len())
    }

    /// Makes room for a picture; the textures of one of the same shape are used again.
    pub(super) fn begin(&mut self, request: PictureRequest) -> Result<()> {
        if let Some(picture) = &mut self.picture {
            let same = picture.request.data_window == request.data_window && picture.request.planes == request.planes;
            if same {
                picture.request = request;
                return Ok(());
            }
        }
        self.clear();
        let tiles = tiles(&request.data_window, self.largest_tile);
        let planes = request.planes.iter().map(|&kind| self.allocate(kind, &tiles)).collect::<Result<_>>()?;
        self.picture = Some(Textures { request, tiles, planes, filled: RefCell::default() });
        Ok(())
    }

    /// Whether the GPU refused anything since the last call. It waits for the GPU: not to be asked while a picture loads.
    pub(super) fn check(&self) -> Result<()> {
        if self.gl.is_context_lost() {
            return Err(Error::limit(
                "the GPU was taken away from the page",
                "Load the page again, or open it with ?renderer=2d",
            ));
        }
        match self.gl.get_error() {
            Gl::NO_ERROR => Ok(()),
            code => {
                let what = format!("the GPU refused the textures of this picture (error {code:#06x})");
                Err(Error::limit(what, "Close other pages that use the GPU, or open this one with ?renderer=2d"))
            }
        }
    }

    /// Frees the textures.
    pub(super) fn clear(&mut self) {
        for texture in self.picture.take().into_iter().flat_map(|picture| picture.planes).flatten() {
            self.gl.delete_texture(Some(&texture));
        }
    }

    fn allocate(&self, kind: SampleType, tiles: &[Tile]) -> Result<Vec<WebGlTexture>> {
        let format = if kind == SampleType::Half { Gl::R16F } else { Gl::R32F };
        tiles.iter().map(|tile| self.new_texture(format, tile.width as i32, tile.height as i32)).collect()
    }

    /// A texture of 16- or 32-bit floats, bound to the active unit.
    fn new_texture(&self, format: u32, width: i32, height: i32) -> Result<WebGlTexture> {
        let gl = &self.gl;
        let texture = gl.create_texture().ok_or_else(|| Error::limit("the GPU has no room for a texture", ""))?;
        gl.bind_texture(Gl::TEXTURE_2D, Some(&texture));
        gl.tex_storage_2d(Gl::TEXTURE_2D, 1, format, width, height);
        // 32-bit floats cannot be filtered everywhere; texels are fetched by number anyway.
        for name in [Gl::TEXTURE_MIN_FILTER, Gl::TEXTURE_MAG_FILTER] {
            gl.tex_parameteri(Gl::TEXTURE_2D, name, Gl::NEAREST as i32);
        }
        Ok(texture)
    }

    /// Rows of one plane, from `y` below the data window's top: a `Uint16Array` of halves or a `Float32Array`.
    pub(super) fn upload(&self, plane: usize, y: u32, rows: u32, samples: &Object) -> Result<()> {
        let Some((picture, textures)) = self.picture.as_ref().and_then(|p| Some((p, p.planes.get(plane)?))) else {
            return Err(Error::spec(format!("there is no plane {plane}"), ""));
        };
        let gl = &self.gl;
        let kind = match picture.request.planes[plane] {
            SampleType::Half => Gl::HALF_FLOAT,
            SampleType::Uint | SampleType::Float => Gl::FLOAT,
        };
        gl.pixel_storei(Gl::UNPACK_ALIGNMENT, 1);
        gl.pixel_storei(Gl::UNPACK_ROW_LENGTH, picture.request.data_window.width as i32);
        for (tile, texture) in picture.tiles.iter().zip(textures) {
            let (first, end) = (y.max(tile.y), (y + rows).min(tile.y + tile.height));
            if first >= end {
                continue;
            }
            gl.pixel_storei(Gl::UNPACK_SKIP_PIXELS, tile.x as i32);
            gl.pixel_storei(Gl::UNPACK_SKIP_ROWS, (first - y) as i32);
            gl.bind_texture(Gl::TEXTURE_2D, Some(texture));
            gl.tex_sub_image_2d_with_i32_and_i32_and_u32_and_type_and_opt_array_buffer_view(
                Gl::TEXTURE_2D,
                0,
                0,
                (first - tile.y) as i32,
                tile.width as i32,
                (end - first) as i32,
                Gl::RED,
                kind,
                Some(samples),
            )
            .map_err(|error| Error::spec(format!("the GPU refused rows of the picture: {}", words(&error)), ""))?;
        }
        // The planes of some rows come one after another.
        if plane + 1 == picture.planes.len() {
            fill(&mut picture.filled.borrow_mut(), y..y + rows);
        }
        Ok(())
    }

    /// Marks the uploads so far, so that it can be asked when they have arrived.
    pub(super) fn set_fence(&self) {
        *self.fence.borrow_mut() = self.gl.fence_sync(Gl::SYNC_GPU_COMMANDS_COMPLETE, 0);
        self.gl.flush();
    }

    /// Whether the uploads before the last mark have arrived.
    pub(super) fn fence_passed(&self) -> bool {
        let mut fence = self.fence.borrow_mut();
        let passed = fence.as_ref().is_none_or(|fence| {
            let status = self.gl.get_sync_parameter(fence, Gl::SYNC_STATUS);
            status.as_f64() != Some(f64::from(Gl::UNSIGNALED))
        });
        if passed {
            self.gl.delete_sync(fence.take().as_ref());
        }
        passed
    }

    /// Draws the whole canvas.
    ///
    /// # Errors
    /// If the driver refuses a program.
    pub(super) fn draw(&self, look: &Look, placement: &Placement) -> Result<()> {
        let gl = &self.gl;
        let size = [self.canvas.width(), self.canvas.height()];
        gl.viewport(0, 0, size[0] as i32, size[1] as i32);
        gl.disable(Gl::SCISSOR_TEST);
        let [r, g, b] = placement.surround.map(|code| f32::from(code) / 255.0);
        gl.clear_color(r, g, b, 1.0);
        gl.clear(Gl::COLOR_BUFFER_BIT);
        let Some(picture) = &self.picture else { return Ok(()) };
        let display = picture.request.display_window;
        gl.enable(Gl::SCISSOR_TEST);
        // The display window is black where there are no samples.
        self.scissor(placement.rectangle(&display, &display, size), size);
        gl.clear_color(0.0, 0.0, 0.0, 1.0);
        gl.clear(Gl::COLOR_BUFFER_BIT);

        let taps = placement.taps().min(if self.is_software { 2 } else { 5 });
        let variant = Variant {
            formula: look.numbers.formula,
            smooth: taps > 1,
            scene_average: taps > 1 && self.is_software && look.numbers.formula != Formula::Untonemapped,
            clipping: look.clipping && look.isolate != Isolate::Alpha,
            false_color: look.false_color,
            alpha: look.isolate == Isolate::Alpha,
            gamma: look.gamma != 1.0,
        };
        let program = self.program(variant)?;
        gl.use_program(Some(&program.program));
        self.set_look(&program, look);
        self.set_table(&program, &look.numbers.table)?;
        if look.false_color {
            self.set_bands(&program);
        }
        gl.uniform1f(program.at(gl, "height").as_ref(), size[1] as f32);
        gl.uniform1i(program.at(gl, "taps").as_ref(), taps);
        let has_alpha = if picture.request.alpha.is_some() { 1.0 } else { 0.0 };
        gl.uniform1f(program.at(gl, "has_alpha").as_ref(), has_alpha);
        for (unit, name) in ["red", "green", "blue", "alpha"].into_iter().enumerate() {
            gl.uniform1i(program.at(gl, name).as_ref(), unit as i32);
        }
        // Drawing rows that are not there yet would cost as much as drawing rows that are.
        for (number, tile) in picture.tiles.iter().enumerate() {
            for rows in picture.filled.borrow().iter() {
                if rows.start < tile.y + tile.height && tile.y < rows.end {
                    self.draw_tile(&program, picture, number, rows, placement, size);
                }
            }
        }
        Ok(())
    }

    fn program(&self, variant: Variant) -> Result<Rc<Program>> {
        if let Some(program) = self.programs.borrow().get(&variant) {
            return Ok(Rc::clone(program));
        }
        let program = Rc::new(Program::link(&self.gl, variant)?);
        self.programs.borrow_mut().insert(variant, Rc::clone(&program));
        Ok(program)
    }

    fn set_look(&self, program: &Program, look: &Look) {
        let gl = &self.gl;
        // GLSL takes columns.
        let columns = |rows: &[[f32; 3]; 3]| -> [f32; 9] { std::array::from_fn(|i| rows[i % 3][i / 3]) };
        let set_matrix = |name, rows: &[[f32; 3]; 3]| {
            gl.uniform_matrix3fv_with_f32_array(program.at(gl, name).as_ref(), false, &columns(rows));
        };
        for (name, matrix) in &look.numbers.matrices {
            set_matrix(name, matrix);
        }
        for &(name, number) in &look.numbers.scalars {
            gl.uniform1f(program.at(gl, name).as_ref(), number);
        }
        set_matrix("select", &look.selection());
        gl.uniform1f(program.at(gl, "offset").as_ref(), look.offset);
        gl.uniform1f(program.at(gl, "inverse_gamma").as_ref(), 1.0 / look.gamma);
        gl.uniform1f(program.at(gl, "largest").as_ref(), LARGEST);
        // What lies under black differs between the variants of a curve; it is cut here.
        let (srgb, linear) = match look.encoding {
            Encoding::Linear => (0.0, 1.0),
            Encoding::Bt1886 | Encoding::Bt1886Cut => (0.0, 0.0),
            Encoding::Srgb | Encoding::SrgbStraight => (1.0, 0.0),
        };
        gl.uniform1f(program.at(gl, "srgb").as_ref(), srgb);
        gl.uniform1f(program.at(gl, "linear").as_ref(), linear);
    }

    fn set_bands(&self, program: &Program) {
        let texel = |band: &Band| {
            let [r, g, b] = band.color.map_or([-1.0; 3], |color| color.map(|code| f32::from(code) / 255.0));
            [r, g, b, band.below]
        };
        let bands: Vec<f32> = FALSE_COLORS.iter().flat_map(texel).collect();
        let [r, g, b] = LUMA;
        self.gl.uniform4fv_with_f32_array(program.at(&self.gl, "bands").as_ref(), &bands);
        self.gl.uniform3f(program.at(&self.gl, "luma").as_ref(), r, g, b);
    }

    /// Binds the rendering's table behind the picture's planes.
    fn set_table(&self, program: &Program, table: &Table) -> Result<()> {
        const UNIT: u32 = 4;
        let gl = &self.gl;
        if table.width == 0 {
            return Ok(());
        }
        gl.uniform1i(program.at(gl, "table").as_ref(), UNIT as i32);
        gl.active_texture(Gl::TEXTURE0 + UNIT);
        let mut held = self.table.borrow_mut();
        if held.as_ref().is_none_or(|(known, _)| known != table) {
            let (width, height) = (table.width as i32, (table.texels.len() / table.width) as i32);
            let texels = Float32Array::from(table.texels.as_flattened());
            let texture = self.new_texture(Gl::RGBA32F, width, height)?;
            for parameter in [Gl::UNPACK_ROW_LENGTH, Gl::UNPACK_SKIP_PIXELS, Gl::UNPACK_SKIP_ROWS] {
                gl.pixel_storei(parameter, 0);
            }
            gl.tex_sub_image_2d_with_i32_and_i32_and_u32_and_type_and_opt_array_buffer_view(
                Gl::TEXTURE_2D,
                0,
                0,
                0,
                width,
                height,
                Gl::RGBA,
                Gl::FLOAT,
                Some(&texels),
            )
            .map_err(|error| Error::spec(format!("the GPU refused the view's table: {}", words(&error)), ""))?;
            if let Some((_, old)) = held.replace((table.clone(), texture)) {
                gl.delete_texture(Some(&old));
            }
        }
        gl.bind_texture(Gl::TEXTURE_2D, held.as_ref().map(|(_, texture)| texture));
        gl.active_texture(Gl::TEXTURE0);
        Ok(())
    }

    fn draw_tile(
        &self,
        program: &Program,
        picture: &Textures,
        number: usize,
        rows: &Range<u32>,
        placement: &Placement,
        size: [u32; 2],
    ) {
        let gl = &self.gl;
        let PictureRequest { data_window: data, display_window: display, .. } = &picture.request;
        let tile = &picture.tiles[number];
        let region = tile.region(data);
        let [r, g, b] = picture.request.color;
        // Every sampler must have some texture.
        for (unit, plane) in [r, g, b, picture.request.alpha.unwrap_or(r)].into_iter().enumerate() {
            gl.active_texture(Gl::TEXTURE0 + unit as u32);
            gl.bind_texture(Gl::TEXTURE_2D, picture.planes.get(plane).and_then(|tiles| tiles.get(number)));
        }
        gl.active_texture(Gl::TEXTURE0);
        let [left, top] = placement.corner(display, region.x.into(), region.y.into());
        gl.uniform2i(program.at(gl, "size").as_ref(), region.width as i32, region.height as i32);
        let [x, y] = [placement.scale_x as f32, placement.scale_y as f32];
        gl.uniform4f(program.at(gl, "place").as_ref(), left as f32, top as f32, x, y);
        let (first, end) = (rows.start.max(tile.y), rows.end.min(tile.y + tile.height));
        let visible = Tile { y: first, height: end - first, ..*tile }.region(data);
        self.scissor(placement.rectangle(display, &visible, size), size);
        gl.draw_arrays(Gl::TRIANGLES, 0, 3);
    }

    /// WebGL counts from the bottom.
    fn scissor(&self, [left, top, right, bottom]: [i32; 4], size: [u32; 2]) {
        self.gl.scissor(left, size[1] as i32 - bottom, right - left, bottom - top);
    }
}

/// Adds a run of rows, joined with those it touches.
fn fill(filled: &mut Vec<Range<u32>>, mut rows: Range<u32>) {
    filled.retain(|run| {
        let apart = run.end < rows.start || rows.end < run.start;
        if !apart {
            rows = run.start.min(rows.start)..run.end.max(rows.end);
        }
        apart
    });
    filled.push(rows);
}

/// Whether the "GPU" is the processor.
fn is_software(gl: &Gl) -> bool {
    // What WEBGL_debug_renderer_info adds; browsers without it say as much under RENDERER.
    const UNMASKED_RENDERER_WEBGL: u32 = 0x9246;
    let _ = gl.get_extension("WEBGL_debug_renderer_info");
    let named = |parameter| gl.get_parameter(parameter).ok().and_then(|name| name.as_string()).unwrap_or_default();
    let name = format!("{} {}", named(UNMASKED_RENDERER_WEBGL), named(Gl::RENDERER)).to_ascii_lowercase();
    ["swiftshader", "llvmpipe", "software", "basic render"].iter().any(|known| name.contains(known))
}

impl Program {
    fn link(gl: &Gl, variant: Variant) -> Result<Self> {
        let refused = |log: Option<String>| {
            let what = format!("the GPU's driver refused a shader: {}", log.unwrap_or_default());
            Error::spec(what, "Open the page with ?renderer=2d: the picture is then drawn without the GPU")
        };
        let program = gl.create_program().ok_or_else(|| refused(None))?;
        let sources =
            [(Gl::VERTEX_SHADER, shader::VERTEX.to_owned()), (Gl::FRAGMENT_SHADER, shader::fragment(variant))];
        for (kind, source) in sources {
            let part: WebGlShader = gl.create_shader(kind).ok_or_else(|| refused(None))?;
            gl.shader_source(&part, &source);
            gl.compile_shader(&part);
            if gl.get_shader_parameter(&part, Gl::COMPILE_STATUS) != JsValue::TRUE {
                return Err(refused(gl.get_shader_info_log(&part)));
            }
            gl.attach_shader(&program, &part);
        }
        gl.link_program(&program);
        if gl.get_program_parameter(&program, Gl::LINK_STATUS) != JsValue::TRUE {
            return Err(refused(gl.get_program_info_log(&program)));
        }
        Ok(Self { program, uniforms: RefCell::default() })
    }

    /// The place of the uniform `u_` + `name`; asking the browser each time would wait for the GPU.
    fn at(&self, gl: &Gl, name: &'static str) -> Option<WebGlUniformLocation> {
        let mut uniforms = self.uniforms.borrow_mut();
        let find = || gl.get_uniform_location(&self.program, &format!("u_{name}"));
        uniforms.entry(name).or_insert_with(find).clone()
    }
}
